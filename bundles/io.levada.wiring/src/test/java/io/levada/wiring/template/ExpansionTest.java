/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExpansionTest {

    private static final Map<String, String> CAMERA = Map.of(
            "restart", "5",
            "cam.type", "source.media",
            "cam.url", "rtsp://$[secret:user]@{{host}}:{{port:554}}/live",
            "out.path", "/{{name}}");

    private static Expansion expand(Map<String, String> own, Map<String, String> template) {
        return Expansion.of("lobby", own, "camera.cfg", template);
    }

    private static List<String> problems(Map<String, String> own, Map<String, String> template) {
        return expand(own, template).findings().stream().map(Finding::toString).toList();
    }

    @Test
    void parametersAndTheNameOfThePipelineAreFilledIn() {
        var expansion = expand(Map.of("template", "camera", "host", "10.0.0.7"), CAMERA);
        assertEquals(List.of(), expansion.findings());
        assertEquals(
                Map.of(
                        "restart", "5",
                        "cam.type", "source.media",
                        "cam.url", "rtsp://$[secret:user]@10.0.0.7:554/live",
                        "out.path", "/lobby"),
                expansion.keys());
    }

    @Test
    void whatThePipelineSaysItselfTakesThePlaceOfTheTemplates() {
        var keys = expand(
                        Map.of(
                                "template",
                                "camera",
                                "cam.url",
                                "media/a.mp4",
                                "restart",
                                "never",
                                "rec.type",
                                "muxer.file"),
                        CAMERA)
                .keys();
        assertEquals("media/a.mp4", keys.get("cam.url"));
        assertEquals("never", keys.get("restart"));
        assertEquals("muxer.file", keys.get("rec.type"));
        assertEquals("/lobby", keys.get("out.path"));
    }

    @Test
    void aValueIsNotLookedAtForPlaceholdersAgain() {
        assertEquals(
                "rtsp://$[secret:user]@{{port}}:554/live",
                expand(Map.of("template", "camera", "host", "{{port}}"), CAMERA)
                        .keys()
                        .get("cam.url"));
    }

    @Test
    void aMissingParameterIsNamedWithTheKeyThatNeedsIt() {
        assertEquals(
                List.of("host  is missing: cam.url of camera.cfg needs it; add a line such as host = ..."),
                problems(Map.of("template", "camera"), CAMERA));
    }

    @Test
    void anUnknownParameterIsToldWithTheNearestOne() {
        assertEquals(
                List.of(
                        "host  is missing: cam.url of camera.cfg needs it; add a line such as host = ...",
                        "hots  unknown parameter; did you mean host? camera.cfg has: host, port"),
                problems(Map.of("template", "camera", "hots", "10.0.0.7"), CAMERA));
    }

    @Test
    void aParameterOfALineThatThePipelineReplacesIsNotUnknown() {
        assertEquals(List.of(), problems(Map.of("template", "camera", "host", "h", "cam.url", "media/a.mp4"), CAMERA));
    }

    @Test
    void bracesThatAreNoPlaceholderAreRefused() {
        assertEquals(
                List.of(
                        "template  camera.cfg: a.x = {{host has braces that are no placeholder; it is {{parameter}} or"
                                + " {{parameter:default}}",
                        "template  camera.cfg: a.y has the placeholder {{the host}}, but 'the host' is no name for a"
                                + " parameter: use lower-case letters, digits and dashes",
                        "template  camera.cfg: a.z has the placeholder {{priority}}, but priority is a key that every"
                                + " pipeline has; call it otherwise"),
                problems(
                        Map.of("template", "camera"),
                        Map.of("a.x", "{{host", "a.y", "{{the host}}", "a.z", "{{priority}}")));
    }

    @Test
    void aTemplateIsMadeOfNoOtherAndHasNoParametersItself() {
        assertEquals(
                List.of(
                        "template  camera.cfg has the key host, which is neither that of a stage nor one of "
                                + String.join(", ", new TreeSet<>(PipelineDefinition.SETTINGS)),
                        "template  camera.cfg has the key template, but a template is made of no other"),
                problems(Map.of("template", "camera"), Map.of("host", "h", "template", "other")));
    }

    @Test
    void theNameIsThePipelinesOwn() {
        assertEquals(
                List.of("name  is the pipeline's own, lobby; take it out"),
                problems(Map.of("template", "camera", "name", "gate", "host", "h"), CAMERA));
    }
}
