/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisnamedPipelinesTest {

    private static final Set<String> STAGES = Set.of("cam.type", "cam.url", "service.pid");
    private static final Set<String> SETTINGS = Set.of("host", "port", "service.pid");

    @Test
    void aPipelineIsNone() {
        assertFalse(MisnamedPipelines.isMeantAsOne("io.levada.pipeline", true, STAGES));
    }

    @Test
    void whatIsNearlyCalledAsOneIsMeantAsOne() {
        assertTrue(MisnamedPipelines.isMeantAsOne("io.levada.pipeline", false, SETTINGS));
        assertTrue(MisnamedPipelines.isMeantAsOne("io.levada.pipeline_lobby", false, SETTINGS));
        assertTrue(MisnamedPipelines.isMeantAsOne("io.levada.pipeline~lobby", false, SETTINGS));
        assertTrue(MisnamedPipelines.isMeantAsOne("io.levada.pipelin", true, SETTINGS));
        assertTrue(MisnamedPipelines.isMeantAsOne("io.levada.Pipeline", true, SETTINGS));
    }

    @Test
    void whatHasStagesIsMeantAsOneWhateverItsName() {
        assertTrue(MisnamedPipelines.isMeantAsOne("lobby", false, STAGES));
    }

    @Test
    void whatElseIsConfiguredIsNot() {
        assertFalse(MisnamedPipelines.isMeantAsOne("io.levada.server.rtsp", false, SETTINGS));
        assertFalse(MisnamedPipelines.isMeantAsOne("org.example", true, Set.of("type", "a.b.type", "types")));
    }

    @ParameterizedTest
    @CsvSource({
        "io.levada.pipeline_lobby.cfg, lobby",
        "io.levada.pipeline~lobby.cfg, lobby",
        "io.levada.pipelin-typo.cfg, typo",
        "io.levada.pipelines-Front_Door.config, front-door",
        "lobby.cfg, lobby",
        "io.levada.pipeline.cfg, NAME",
    })
    void theWarningNamesTheFileAndWhatToCallIt(String file, String name) {
        var warning = MisnamedPipelines.warning(Path.of("/node/etc", file));
        assertEquals(
                "/node/etc/" + file + " is taken for no pipeline: the file of a pipeline is called"
                        + " io.levada.pipeline-NAME.cfg; rename it to /node/etc/io.levada.pipeline-" + name + ".cfg",
                warning);
    }
}
