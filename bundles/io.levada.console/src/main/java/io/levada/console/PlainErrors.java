/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/**
 * A response whose error is its reason as text, which a page's script shows, rather than a page about it. It is the last one of
 * its connection: of a request that is refused the server may leave the rest unread, and close.
 */
public final class PlainErrors extends HttpServletResponseWrapper {

    public PlainErrors(HttpServletResponse response) {
        super(response);
    }

    @Override
    public void sendError(int status, String reason) throws IOException {
        reset();
        setStatus(status);
        setHeader("Connection", "close");
        setContentType("text/plain");
        setCharacterEncoding("UTF-8");
        getWriter().write(reason);
        getWriter().flush();
    }
}
