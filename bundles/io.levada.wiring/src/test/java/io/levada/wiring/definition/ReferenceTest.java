/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    @Test
    void aStageAlone() {
        assertEquals(new Reference(Optional.empty(), "cam", Optional.empty(), Map.of()), Reference.parse(" cam "));
    }

    @Test
    void aTrackOfAStageOfAnotherPipeline() {
        assertEquals(
                new Reference(Optional.of("lobby-2"), "cam", Optional.of("audio2"), Map.of()),
                Reference.parse("lobby-2/cam:audio2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cam [policy=latest max=2 s]",
                "cam[policy=latest, max=2 s]",
                "cam [ max = 2 s , policy = latest ]",
                "cam [max=2 s policy=latest]"
            })
    void settingsOfTheLinkInBrackets(String text) {
        assertEquals(
                Map.of("policy", "latest", "max", "2 s"), Reference.parse(text).settings());
    }

    @Test
    void emptyBracketsSayNothing() {
        assertEquals(Map.of(), Reference.parse("cam []").settings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Cam", "cam:", ":audio", "cam:audio:2", "a/b/c", "/cam", "cam audio", "cam [max=2", "2cam", ""})
    void anythingElseIsNoReference(String text) {
        var error = assertThrows(IllegalArgumentException.class, () -> Reference.parse(text));
        assertEquals(
                "'" + text + "' is not stage, stage:track or pipeline/stage, such as cam, cam:audio or lobby/decode",
                error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy",
                "quickly policy=latest",
                "policy=",
                "=latest",
                "policy==latest",
                "policy=latest quickly,"
            })
    void anythingElseInBracketsIsNoSetting(String settings) {
        var error = assertThrows(IllegalArgumentException.class, () -> Reference.parse("cam [" + settings + "]"));
        assertEquals(
                "'[" + settings + "]' is not a list of settings such as [policy=latest max=2 s]", error.getMessage());
    }

    @Test
    void aSettingIsSaidOnce() {
        var error = assertThrows(IllegalArgumentException.class, () -> Reference.parse("cam [max=2 max=3]"));
        assertEquals("'[max=2 max=3]' has max twice", error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "cam, cam, true",
        "cam, cam:audio, true",
        "cam:audio, cam, true",
        "cam:audio, cam:video, false",
        "cam:audio, cam:audio, true",
        "cam, lobby/cam, false",
        "cam, mic, false"
    })
    void twoOverlapWhenTheyBringTheSameTrack(String one, String other, boolean overlap) {
        assertEquals(overlap, Reference.parse(one).overlaps(Reference.parse(other)));
    }

    @Test
    void readsInMessagesAsInTheFileWithoutTheSettings() {
        assertEquals(
                "lobby/cam:audio", Reference.parse("lobby/cam:audio [max=8]").toString());
        assertTrue(Reference.parse("cam [max=8]").toString().equals("cam"));
    }
}
