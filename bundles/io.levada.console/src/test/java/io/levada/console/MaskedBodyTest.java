/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedBodyTest {

    private static final String URL =
            "<td>rtsp://admin:pass word\u00e9".replace(' ', '-') + "@10.0.0.7/s?token=abc</td>";

    @ParameterizedTest
    @CsvSource({
        "text/html;charset=utf-8, UTF-8",
        "text/plain, ISO-8859-1",
        "application/json;charset=utf-8, UTF-8",
    })
    void textIsMaskedInItsEncoding(String type, String encoding) throws IOException {
        var body = MaskedBody.of(type, encoding, ("\u00fc " + URL).getBytes(encoding));
        assertEquals(
                "\u00fc <td>rtsp://***@10.0.0.7/s?token=***",
                new String(body, Charset.forName(encoding)).replace("</td>", ""));
    }

    @Test
    void theEntriesOfAnArchiveAreMasked() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(packed)) {
            zip.putNextEntry(new ZipEntry("txt/Configurations.txt"));
            zip.write("url = rtsp://admin:pw@h/s".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("empty.txt"));
        }
        var masked = MaskedBody.of("application/zip", "ISO-8859-1", packed.toByteArray());
        try (var zip = new ZipInputStream(new ByteArrayInputStream(masked))) {
            assertEquals("txt/Configurations.txt", zip.getNextEntry().getName());
            assertEquals("url = rtsp://***@h/s", new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            assertEquals("empty.txt", zip.getNextEntry().getName());
        }
    }

    @Test
    void whatIsNoTextStaysAsItIs() throws IOException {
        var image = "rtsp://a:b@c".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(image, MaskedBody.of("image/png", "UTF-8", image));
        assertArrayEquals(image, MaskedBody.of(null, "UTF-8", image));
    }
}
