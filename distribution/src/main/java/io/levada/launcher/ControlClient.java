/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A connection to the control socket of a node. A request is a line; the answer is text and, behind an EOT, the exit code
 * (the bundle io.levada.control defines the requests).
 */
final class ControlClient implements AutoCloseable {

    /** What a node needs no more than a fraction of, as long as it lives. */
    static final Duration SHORT = Duration.ofSeconds(10);

    /** A command of the shell takes as long as it takes. */
    private static final Duration UNLIMITED = Duration.ZERO;

    private static final int END_OF_ANSWER = 4;

    private final DataDirectory data;
    private final SocketChannel channel;
    private final PatientInput input;
    private final BufferedReader answers;

    private ControlClient(DataDirectory data, SocketChannel channel) throws IOException {
        this.data = data;
        this.channel = channel;
        this.input = new PatientInput(channel);
        this.answers = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    }

    /**
     * @throws NotRunningException if no node runs
     * @throws SilentNodeException if one does, and nobody listens
     */
    static ControlClient connect(DataDirectory data) {
        var socket = data.controlSocket();
        try {
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false); // a node that hangs lets clients queue up, and the last would wait
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                channel.close();
                throw new IOException("its queue is full");
            }
            return new ControlClient(data, channel);
        } catch (IOException e) {
            if (Files.exists(socket) && !Files.isWritable(socket)) {
                throw new LauncherException("the node of " + data.path() + " belongs to another user");
            }
            if (data.isLocked()) {
                throw SilentNodeException.atConnect(data);
            }
            throw new NotRunningException(data);
        }
    }

    /** Sends a request, prints the answer as it comes and returns the exit code. Waits for each part of it without limit. */
    int request(String line, PrintWriter out) {
        return request(line, UNLIMITED, out);
    }

    /**
     * Sends a request, prints the answer as it comes and returns the exit code.
     *
     * @param patience how long to wait for each part of the answer
     * @throws SilentNodeException if it does not come
     */
    int request(String line, Duration patience, PrintWriter out) {
        return request(line, patience, c -> {
            out.write(c);
            if (c == '\n') {
                out.flush();
            }
        });
    }

    /** A request whose answer is short and comes at once. */
    String ask(String line) {
        var answer = new StringWriter();
        request(line, SHORT, c -> answer.append((char) c.intValue()));
        return answer.toString().strip();
    }

    private int request(String line, Duration patience, Consumer<Integer> out) {
        try {
            send(line);
            input.setPatience(patience);
            for (int c = answers.read(); c != END_OF_ANSWER; c = answers.read()) {
                if (c < 0) {
                    throw new LauncherException(
                            "the node closed the connection: it stopped, or nothing was asked for long");
                }
                out.accept(c);
            }
            return Integer.parseInt(answers.readLine());
        } catch (SocketTimeoutException e) {
            throw SilentNodeException.afterRequest(data, patience);
        } catch (IOException | NumberFormatException e) {
            throw new LauncherException("the connection to the node broke: " + e.getMessage(), e);
        }
    }

    /** Sends a request whose answer never ends and hands on each of its lines, until the node is gone. */
    void follow(String request, Consumer<String> lines) {
        try {
            send(request);
            input.setPatience(UNLIMITED);
            for (var line = answers.readLine(); line != null; line = answers.readLine()) {
                lines.accept(line);
            }
        } catch (IOException e) {
            lines.accept("the node is gone");
        }
    }

    private void send(String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                throw new IOException("it does not take the request");
            }
        }
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            throw new LauncherException("the connection could not be closed: " + e.getMessage(), e);
        }
    }
}
