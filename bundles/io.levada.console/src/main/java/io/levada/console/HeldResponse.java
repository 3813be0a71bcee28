/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;

/** A response that is written only when it is complete, as something else. */
public final class HeldResponse extends HttpServletResponseWrapper {

    /** What becomes of a body. */
    @FunctionalInterface
    public interface Change {

        /** @param contentType null when none was set */
        byte[] of(String contentType, String encoding, byte[] body) throws IOException;
    }

    private final Change change;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ServletOutputStream stream = new BodyStream();
    private PrintWriter writer;

    public HeldResponse(HttpServletResponse response, Change change) {
        super(response);
        this.change = change;
    }

    /** Sends it. Nothing can be written after. */
    public void release() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        if (body.size() > 0) {
            var changed = change.of(getContentType(), getCharacterEncoding(), body.toByteArray());
            super.setContentLength(changed.length);
            getResponse().getOutputStream().write(changed);
        }
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            // Calling it settles the character encoding, as the contract of getWriter has it.
            setCharacterEncoding(getCharacterEncoding());
            writer = new PrintWriter(new OutputStreamWriter(body, getCharacterEncoding()));
        }
        return writer;
    }

    /** It is another then. */
    @Override
    public void setContentLength(int length) {}

    @Override
    public void setContentLengthLong(long length) {}

    @Override
    public void flushBuffer() {}

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        body.reset();
    }

    @Override
    public void reset() {
        super.reset();
        body.reset();
        writer = null;
    }

    private final class BodyStream extends ServletOutputStream {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("The console's pages are written synchronously");
        }

        @Override
        public void write(int b) {
            body.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            body.write(bytes, offset, length);
        }
    }
}
