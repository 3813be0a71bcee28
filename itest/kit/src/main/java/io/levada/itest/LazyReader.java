/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Plays a stream's first track over TCP and then reads no more of it than it is told to. */
public final class LazyReader implements AutoCloseable {

    private static final int RECEIVE_BUFFER = 16 * 1024;
    private static final int MOST_ANSWER = 64 * 1024;
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    public LazyReader(int port, String path) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER); // before it connects, so that the window is small
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = socket.getInputStream();
        var url = "rtsp://127.0.0.1:" + port + path;
        var setup = ask("SETUP " + url + "/trackID=0", 1, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
        var session = setup.substring(setup.indexOf("Session: ")).split("[;\r]", 2)[0];
        ask("PLAY " + url, 2, session);
    }

    private String ask(String request, int cseq, String header) throws IOException {
        var text = request + " RTSP/1.0\r\nCSeq: " + cseq + "\r\n" + header + "\r\n\r\n";
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || answer.length() > MOST_ANSWER) {
                throw new IOException(request + " was answered " + answer);
            }
            answer.append((char) next);
        }
        if (!answer.toString().startsWith("RTSP/1.0 200")) {
            throw new IOException(request + " was answered " + answer);
        }
        return answer.toString();
    }

    /** Reads one byte; false when the server has closed the connection. */
    public boolean readByte() {
        try {
            return in.read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false; // reset
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("a socket can't be closed", e);
        }
    }
}
