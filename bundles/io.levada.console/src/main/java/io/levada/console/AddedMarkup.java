/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import java.nio.charset.Charset;

/** A page of the console with more at its end. What is no page stays as it is. */
public record AddedMarkup(String markup) implements HeldResponse.Change {

    @Override
    public byte[] of(String contentType, String encoding, byte[] body) {
        if (contentType == null || !contentType.startsWith("text/html")) {
            return body;
        }
        var charset = Charset.forName(encoding);
        var page = new String(body, charset);
        int end = page.lastIndexOf("</body>");
        return (end < 0 ? page + markup : page.substring(0, end) + markup + page.substring(end)).getBytes(charset);
    }
}
