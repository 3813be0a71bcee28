/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import io.levada.api.stage.Credentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The body of a response without credentials. The console shows text of several types, and packs it into archives. */
final class MaskedBody {

    private MaskedBody() {}

    static byte[] of(String contentType, String encoding, byte[] body) throws IOException {
        var type = contentType == null ? "" : contentType;
        if (type.startsWith("application/zip")) {
            return zip(body);
        }
        return type.startsWith("text/") || type.startsWith("application/json")
                ? text(body, Charset.forName(encoding))
                : body;
    }

    private static byte[] text(byte[] body, Charset charset) {
        return Credentials.masked(new String(body, charset)).getBytes(charset);
    }

    /** The console's archives hold text in UTF-8 only. */
    private static byte[] zip(byte[] body) throws IOException {
        var masked = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(new ByteArrayInputStream(body));
                var out = new ZipOutputStream(masked)) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(text(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return masked.toByteArray();
    }
}
