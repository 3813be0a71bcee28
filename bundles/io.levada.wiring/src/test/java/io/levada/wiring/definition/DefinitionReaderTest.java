/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a pipeline file is read, and what is said of one that can't be. */
class DefinitionReaderTest {

    private final DefinitionReader reader = new DefinitionReader();

    private PipelineDefinition read(String... lines) {
        return reader.read("lobby", keys(lines));
    }

    private static Map<String, String> keys(String... lines) {
        var keys = new LinkedHashMap<String, String>();
        Arrays.stream(lines).map(line -> line.split("=", 2)).forEach(pair -> keys.put(pair[0].strip(), pair[1]));
        return keys;
    }

    private List<String> findings() {
        return reader.findings().stream().map(Finding::toString).toList();
    }

    @Test
    void aStageIsAGroupOfKeys() {
        var definition = read(
                "enabled = false",
                "cam.type = source.media",
                "cam.url = media/clip.mp4",
                "cam.ffmpeg.rtsp_transport = tcp",
                "out.type = sink.null",
                "out.from = cam [max=2, policy=latest], cam:audio",
                "out.priority = low");
        assertEquals(List.of(), findings());
        assertFalse(definition.enabled());
        var cam = definition.stages().get("cam");
        assertEquals("source.media", cam.type());
        assertEquals(Map.of("url", "media/clip.mp4", "ffmpeg.rtsp_transport", "tcp"), cam.parameters());
        assertEquals(List.of(), cam.from());
        var out = definition.stages().get("out");
        assertEquals(
                List.of("cam", "cam:audio"),
                out.from().stream().map(Reference::toString).toList());
        assertEquals(Map.of("max", "2", "policy", "latest"), out.from().get(0).settings());
        assertEquals("low", out.setting("priority", "normal"));
        assertEquals(Map.of(), out.parameters());
    }

    @Test
    void producersComeBeforeTheirConsumersAndEqualsByName() {
        var definition = read(
                "a.type = x", "a.from = c", "b.type = x", "b.from = a, d", "c.type = x", "d.type = x", "e.type = x");
        assertEquals(
                List.of("c", "a", "d", "b", "e"),
                List.copyOf(definition.stages().keySet()));
    }

    @Test
    void keysOfTheFrameworkArePassedOver() {
        var definition = read(
                "service.pid = io.levada.pipeline~lobby",
                "felix.fileinstall.filename = file:/etc/x.cfg",
                "component.name = x",
                "levada.revision = 3",
                "cam.type = x");
        assertEquals(List.of("cam"), List.copyOf(definition.stages().keySet()));
        assertEquals(List.of(), findings());
    }

    @Test
    void aStageWithTheNameOfAFrameworksKeyIsToldSo() {
        read("cam.type = x", "service.type = sink.null", "service.from = cam");
        assertEquals(
                List.of(
                        "service.from  service is reserved and can't be the name of a stage; choose another, such as my-service",
                        "service.type  service is reserved and can't be the name of a stage; choose another, such as my-service"),
                findings());
    }

    @Test
    void anUnknownKeyComesWithTheNearestOne() {
        read("enbled = true", "cam.type = x");
        assertEquals(
                List.of(
                        "enbled  unknown key; did you mean enabled? pipelines have: enabled, memory, priority, restart, template;"
                                + " the keys of a stage are stage.parameter"),
                findings());
    }

    @Test
    void anUnknownKeyThatIsNearNothingComesWithAllThereAre() {
        read("colour = red", "cam.type = x");
        assertEquals(
                List.of("colour  unknown key; pipelines have: enabled, memory, priority, restart, template;"
                        + " the keys of a stage are stage.parameter"),
                findings());
    }

    @Test
    void enabledIsTrueOrFalse() {
        assertTrue(read("enabled = yes", "cam.type = x").enabled());
        assertEquals(List.of("enabled  'yes' is neither true nor false"), findings());
    }

    @Test
    void aStageNeedsAType() {
        read("cam.url = x");
        assertEquals(
                List.of("cam.type  is missing: say what kind of stage cam is, such as cam.type = decoder"), findings());
    }

    @Test
    void aMisspeltTypeIsFound() {
        read("cam.tpye = source.media");
        assertEquals(
                List.of("cam.type  is missing: say what kind of stage cam is; is cam.tpye meant to be it?"),
                findings());
    }

    @Test
    void namesAreLowerCaseLettersDigitsAndDashes() {
        reader.read("Lobby", keys("cam.type = x", "Cam_2.type = x"));
        assertEquals(
                List.of(
                        "'Lobby' is no name for a pipeline: use lower-case letters, digits and dashes, such as lobby-2",
                        "Cam_2  is no name for a stage: use lower-case letters, digits and dashes, such as cam-2"),
                findings());
    }

    @Test
    void whatIsNoReferenceIsSaidAndTheRestIsRead() {
        var definition = read("cam.type = x", "out.type = y", "out.from = Cam, cam");
        assertEquals(
                List.of(
                        "out.from  'Cam' is not stage, stage:track or pipeline/stage, such as cam, cam:audio or lobby/decode"),
                findings());
        assertEquals(1, definition.stages().get("out").from().size());
    }

    @Test
    void aFileWithoutAStageIsToldHowOneLooks() {
        read("enabled = true");
        assertEquals(List.of("has no stage; a stage is a line such as cam.type = source.media"), findings());
    }

    @Test
    void moreThanANodeCanBearIsRefused() {
        var many = new LinkedHashMap<String, String>();
        for (int i = 0; i < 600; i++) {
            many.put("s" + i + ".type", "x");
        }
        assertEquals(0, reader.read("lobby", many).stages().size());
        assertEquals(List.of("has 600 stages; more than 500 are refused"), findings());
    }

    @Test
    void tooManyKeysAreRefused() {
        var many = new LinkedHashMap<String, String>();
        for (int i = 0; i < 10_001; i++) {
            many.put("s.p" + i, "x");
        }
        assertEquals(0, reader.read("lobby", many).stages().size());
        assertEquals(List.of("has 10001 keys; more than 10000 are refused"), findings());
    }

    @Test
    void aCycleIsNamedInItsOrder() {
        assertEquals(
                List.of("boxes", "encode", "motion"),
                read(
                                "cam.type = x",
                                "motion.type = x",
                                "motion.from = encode",
                                "boxes.type = x",
                                "boxes.from = cam, motion",
                                "encode.type = x",
                                "encode.from = boxes")
                        .cycle());
    }

    @Test
    void aStageThatTakesFromItselfIsACycle() {
        assertEquals(List.of("a"), read("a.type = x", "a.from = a").cycle());
    }

    @Test
    void twoWaysToOneStageAreNoCycle() {
        assertEquals(
                List.of(),
                read(
                                "a.type = x",
                                "b.type = x",
                                "b.from = a",
                                "c.type = x",
                                "c.from = a, b",
                                "d.type = x",
                                "d.from = b, c")
                        .cycle());
    }

    @Test
    void theSameNameInAnotherPipelineIsNoCycle() {
        assertEquals(List.of(), read("a.type = x", "a.from = gate/a").cycle());
    }

    @Test
    void aThousandWaysThroughAreLookedThroughInNoTime() {
        var keys = new LinkedHashMap<String, String>();
        keys.put("s0.type", "x");
        for (int i = 1; i < 500; i++) {
            keys.put("s" + i + ".type", "x");
            keys.put("s" + i + ".from", "s" + (i - 1) + ", s" + (i - 1) + ":audio, s" + i / 2);
        }
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertEquals(List.of(), reader.read("lobby", keys).cycle()));
    }

    @Test
    void aSecretThatIsNotThereIsNamed() {
        read("cam.type = source.media", "cam.url = rtsp://viewer:$[secret:lobby]@192.0.2.7/stream1");
        assertEquals(
                List.of("cam.url  there is no secret 'lobby'; put it into the file etc/secrets/lobby,"
                        + " then save this file once more"),
                findings());
    }

    @Test
    void aSecretIsAFileInItsFolderOnly() {
        read("cam.type = source.media", "cam.url = rtsp://viewer:$[secret:../node.key]@192.0.2.7/stream1");
        assertEquals(
                List.of("cam.url  '../node.key' is no name of a secret; it is that of a file in etc/secrets/"),
                findings());
    }

    @Test
    void anEndlessValueIsRefusedWithoutBeingRepeated() {
        read("cam.type = source.media", "cam.url=" + "x".repeat(100_000));
        assertEquals(List.of("cam.url  has 100000 characters; more than 16384 are refused"), findings());
    }

    @Test
    void aByteOrderMarkIsNotPartOfTheFirstKey() {
        assertEquals(
                "source.media",
                read("\uFEFFcam.type = source.media", "cam.url = a.mp4")
                        .stages()
                        .get("cam")
                        .type());
        read("\uFEFF# a comment=x", "cam.type = source.media");
        assertEquals(List.of(), findings());
    }
}
