/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/** A client at wire level: what is sent is what the test says, byte for byte. */
final class RtspClient implements AutoCloseable {

    /** A response; the names of headers are in lower case, one that comes more than once has a line for each. */
    record Response(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** What is said beside the status. */
        String reason() {
            return header(":reason");
        }

        String session() {
            return header("session").split(";")[0];
        }
    }

    /** An interleaved packet. */
    record Frame(int channel, ByteBuffer packet) {

        int sequence() {
            return packet.getShort(2) & 0xffff;
        }

        long timestamp() {
            return packet.getInt(4) & 0xffffffffL;
        }

        boolean marker() {
            return packet.get(1) < 0;
        }
    }

    private static final int TIMEOUT_MILLIS = 8000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final String url;
    private final Queue<Frame> frames = new ArrayDeque<>();
    private int cseq;

    RtspClient(InetSocketAddress server, String path) throws IOException {
        this(server, path, 0);
    }

    /** @param receiveBuffer of the socket; 0 for the usual */
    RtspClient(InetSocketAddress server, String path, int receiveBuffer) throws IOException {
        this(unconnected(receiveBuffer), server, "rtsp://127.0.0.1:" + server.getPort() + path);
    }

    private static Socket unconnected(int receiveBuffer) throws IOException {
        var socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        return socket;
    }

    /** @param socket not connected, bound if it shall come from somewhere, or one that encrypts */
    RtspClient(Socket socket, InetSocketAddress server, String url) throws IOException {
        this.socket = socket;
        this.url = url;
        socket.connect(server);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    String url() {
        return url;
    }

    /** Sends a request for the client's URL and waits for the response. */
    Response request(String method, String... headers) throws IOException {
        return requestUrl(method, url, headers);
    }

    Response requestUrl(String method, String target, String... headers) throws IOException {
        cseq++;
        var text = new StringBuilder(method + " " + target + " RTSP/1.0\r\nCSeq: " + cseq + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        send(text.append("\r\n").toString());
        return response();
    }

    /** A request with a body, of which the headers say what it is. */
    Response requestWith(String body, String method, String... headers) throws IOException {
        cseq++;
        var text = new StringBuilder(method + " " + url + " RTSP/1.0\r\nCSeq: " + cseq + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        send(text.append("Content-Length: " + bytes.length + "\r\n\r\n" + body).toString());
        return response();
    }

    /** SETUP of a track over TCP. */
    Response setupTcp(int track, String... headers) throws IOException {
        return setup(track, "RTP/AVP/TCP;unicast;interleaved=" + 2 * track + "-" + (2 * track + 1), headers);
    }

    Response setup(int track, String transport, String... headers) throws IOException {
        var all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Transport: " + transport;
        return requestUrl("SETUP", url + "/trackID=" + track, all);
    }

    /** Sets the first track up over TCP and plays; returns the session's header line. */
    String playTcp() throws IOException {
        var session = "Session: " + setupTcp(0).session();
        var playing = request("PLAY", session);
        if (playing.status() != 200) {
            throw new AssertionError(playing);
        }
        return session;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void sendFrame(int channel, byte[] packet) throws IOException {
        var frame = ByteBuffer.allocate(4 + packet.length);
        frame.put((byte) '$')
                .put((byte) channel)
                .putShort((short) packet.length)
                .put(packet);
        send(frame.array());
    }

    /** The next response; frames before it are kept for {@link #frame}. */
    Response response() throws IOException {
        int first = in.readUnsignedByte();
        while (first == '$') {
            frames.add(readFrame());
            first = in.readUnsignedByte();
        }
        var status = (char) first + line();
        var headers = new TreeMap<String, String>();
        headers.put(":reason", status.split(" ", 3)[2]);
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, another) -> one + "\n" + another);
        }
        var body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
        in.readFully(body);
        return new Response(Integer.parseInt(status.split(" ")[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** The next interleaved packet. */
    Frame frame() throws IOException {
        if (!frames.isEmpty()) {
            return frames.remove();
        }
        int first = in.readUnsignedByte();
        if (first != '$') {
            throw new AssertionError("no interleaved packet but " + (char) first + line());
        }
        return readFrame();
    }

    /** The next packet of a channel. */
    Frame frame(int channel) throws IOException {
        var frame = frame();
        while (frame.channel() != channel) {
            frame = frame();
        }
        return frame;
    }

    /** How many packets came before the last response. */
    int framesBefore() {
        return frames.size();
    }

    private Frame readFrame() throws IOException {
        int channel = in.readUnsignedByte();
        var packet = new byte[in.readUnsignedShort()];
        in.readFully(packet);
        return new Frame(channel, ByteBuffer.wrap(packet));
    }

    /** Reads until the server closes the connection; false when it does not. */
    boolean closedByServer() throws IOException {
        try {
            while (true) {
                in.readByte();
            }
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true; // reset
        }
    }

    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
