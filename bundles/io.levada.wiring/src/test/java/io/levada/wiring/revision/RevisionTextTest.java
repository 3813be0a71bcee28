/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.utils.properties.TypedProperties;
import org.junit.jupiter.api.Test;

/** How revisions look to others. */
class RevisionTextTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    private static KeptRevision revision(Map<String, String> raw) {
        return new KeptRevision(3, TIME, "file io.levada.pipeline-lobby.cfg", raw, Map.of(), List.of());
    }

    /** As File Install does. */
    private static Map<String, String> read(String text) throws IOException {
        var properties = new TypedProperties();
        properties.load(new StringReader(text));
        var keys = new HashMap<String, String>();
        properties.forEach((key, value) -> keys.put(key, String.valueOf(value)));
        return keys;
    }

    @Test
    void theExportIsAPipelineFileWithTheStagesApart() {
        var text = FileText.of(
                "lobby",
                revision(Map.of(
                        "enabled", "true",
                        "cam.type", "source.media",
                        "cam.url", "media/clip.mp4",
                        "out.type", "sink.null",
                        "out.from", "cam")));
        assertEquals(
                """
                # lobby, revision 3 of 2026-03-01T10:00:00Z, file io.levada.pipeline-lobby.cfg

                cam.type = source.media
                cam.url = media/clip.mp4

                enabled = true

                out.from = cam
                out.type = sink.null
                """,
                text.replace(System.lineSeparator(), "\n"));
    }

    @Test
    void theExportIsReadAsTheSameDefinition() throws IOException {
        var keys = Map.of(
                "cam.url", "rtsp://$[secret:user]@[::1]/Zürich = 中?a=\\b",
                "text.label", "two\nlines",
                "look.note", "#1 ! \"quoted\"");
        assertEquals(keys, read(FileText.of("lobby", revision(keys))));
    }

    @Test
    void aPasswordInPlainTextIsShownNowhereAndThePlaceholderStays() {
        var revision = revision(Map.of(
                "cam.password", "sesame",
                "cam.url", "rtsp://admin:sesame@10.0.0.7/s",
                "door.password", "$[secret:door]",
                "door.url", "rtsp://admin:$[secret:door]@10.0.0.8/s"));
        var text = FileText.of("lobby", revision);
        assertFalse((text + revision + revision.keys()).contains("sesame"));
        assertEquals("***", revision.keys().get("cam.password"));
        assertEquals("rtsp://***@10.0.0.7/s", revision.keys().get("cam.url"));
        assertEquals("$[secret:door]", revision.keys().get("door.password"));
        assertEquals("rtsp://admin:$[secret:door]@10.0.0.8/s", revision.keys().get("door.url"));
        assertTrue(text.contains("# cam.password is not shown"));
        assertFalse(text.contains("# door.password"));
    }

    @Test
    void aDifferenceShowsThatAPasswordWasChangedButNotWhichItIs() {
        assertEquals(
                List.of("~ cam.password: *** -> ***", "+ cam.url = rtsp://***@h/", "- door.password = $[secret:door]"),
                Difference.between(
                        Map.of("cam.password", "sesame", "door.password", "$[secret:door]"),
                        Map.of("cam.password", "street", "cam.url", "rtsp://u:p@h/")));
    }

    @Test
    void anOriginIsTheFileUnlessSomebodySaidSoBefore() {
        var origins = new Origins();
        var keys = Map.of("cam.type", "source.media");
        assertEquals("file lobby.cfg", origin(origins, "lobby", keys, "lobby.cfg"));
        assertEquals("Config Admin", origins.of("lobby", keys, Optional.empty()).words());
        origins.announce("lobby", keys, "rollback to 2");
        assertEquals("Config Admin", origins.of("gate", keys, Optional.empty()).words());
        assertEquals("rollback to 2", origin(origins, "lobby", keys, "lobby.cfg"));
        assertEquals("file lobby.cfg", origin(origins, "lobby", keys, "lobby.cfg"));
    }

    private static String origin(Origins origins, String pipeline, Map<String, String> keys, String file) {
        return origins.of(pipeline, keys, Optional.of(file)).words();
    }

    @Test
    void whatIsSupposedGivesWayToWhatWasSaid() {
        var origins = new Origins();
        var keys = Map.of("cam.type", "source.media");
        origins.announce("lobby", keys, "shell");
        origins.suppose("lobby", keys, "API, io.levada.shell");
        assertEquals("shell", origin(origins, "lobby", keys, "lobby.cfg"));
        origins.suppose("lobby", Map.of(), "removed by console");
        assertEquals("removed by console", origins.ofRemoval("lobby"));
        assertEquals("removed", origins.ofRemoval("lobby"));
    }

    @Test
    void anAnnouncementIsOnlyOfTheNextDefinition() {
        var origins = new Origins();
        var keys = Map.of("cam.type", "source.media");
        origins.announce("lobby", keys, "rollback to 2");
        assertEquals("file lobby.cfg", origin(origins, "lobby", Map.of(), "lobby.cfg"));
        assertEquals("file lobby.cfg", origin(origins, "lobby", keys, "lobby.cfg"));
    }
}
