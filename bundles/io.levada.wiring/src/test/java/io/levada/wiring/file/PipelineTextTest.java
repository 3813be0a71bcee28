/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTextTest {

    private static final String TEXT =
            """
            # the camera at the door
            cam.type = source.media
            cam.url  = rtsp://u:sesame@${door}/live

            # what it sees
            out.type = sink.null
            out.from = cam
            """;

    private static PipelineText text(String text) throws IOException {
        return PipelineText.of(text, name -> name.equals("door") ? "10.0.0.7" : "");
    }

    @Test
    void itIsReadAsFileInstallReadsIt() throws IOException {
        assertEquals(
                Map.of(
                        "cam.type", "source.media",
                        "cam.url", "rtsp://u:sesame@10.0.0.7/live",
                        "out.type", "sink.null",
                        "out.from", "cam"),
                text(TEXT).keys());
    }

    @Test
    void whatSaysTheSameStaysAsItWasWritten() throws IOException {
        var text = text(TEXT);
        assertEquals(TEXT, text.saying(text.keys()));
    }

    @Test
    void aChangeLeavesTheOtherLinesAndTheComments() throws IOException {
        var keys = new TreeMap<>(text(TEXT).keys());
        keys.put("out.from", "cam:video");
        keys.put("more.type", "C:\\x = y");
        keys.remove("cam.type");
        var changed = text(TEXT).saying(keys);
        assertEquals(keys, text(changed).keys());
        assertEquals(
                true,
                changed.contains("# what it sees") && changed.contains("cam.url  = rtsp://u:sesame@${door}/live"));
    }

    @Test
    void secretsInPlainTextAreStars() throws IOException {
        assertEquals(
                "rtsp://***@10.0.0.7/live", text(text(TEXT).masked()).keys().get("cam.url"));
    }

    @Test
    void whatIsTooLongIsNotRead() {
        assertThrows(IOException.class, () -> text("x".repeat(2 << 20)));
    }

    @Test
    void aFileThatIsReplacedKeepsItsPermissions(@TempDir Path etc) throws IOException {
        var file = Files.writeString(etc.resolve("a.cfg"), "a");
        var open = PosixFilePermissions.fromString("rw-r--r--");
        Files.setPosixFilePermissions(file, open);
        DurableFiles.write(file, new byte[] {'b'});
        assertEquals(open, Files.getPosixFilePermissions(file));
        assertEquals("b", Files.readString(file));
    }
}
