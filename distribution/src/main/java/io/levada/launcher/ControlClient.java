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
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.Consumer;

/**
 * A connection to the control socket of a node. A request is a line; the answer is text and, behind an EOT, the exit code
 * (the bundle io.levada.control defines the requests).
 */
final class ControlClient implements AutoCloseable {

    private static final int END_OF_ANSWER = 4;

    private final SocketChannel channel;
    private final BufferedReader answers;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
        this.answers =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    /** @throws NotRunningException if nobody listens */
    static ControlClient connect(DataDirectory data) {
        var socket = data.controlSocket();
        try {
            return new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (IOException e) {
            if (Files.exists(socket) && !Files.isWritable(socket)) {
                throw new LauncherException("the node of " + data.path() + " belongs to another user");
            }
            if (data.isLocked()) {
                throw new LauncherException(
                        "the node of " + data.path() + " is starting or stopping" + " and does not answer yet"
                                + data.pid().map(p -> " (pid " + p + ")").orElse(""));
            }
            throw new NotRunningException(data.path());
        }
    }

    /** Sends a request, prints the answer as it comes and returns the exit code. */
    int request(String line, PrintWriter out) {
        return request(line, c -> {
            out.write(c);
            if (c == '\n') {
                out.flush();
            }
        });
    }

    /** A request whose answer is short. */
    String ask(String line) {
        var answer = new StringWriter();
        request(line, c -> answer.append((char) c.intValue()));
        return answer.toString().strip();
    }

    private int request(String line, Consumer<Integer> out) {
        try {
            var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            for (int c = answers.read(); c != END_OF_ANSWER; c = answers.read()) {
                if (c < 0) {
                    throw new LauncherException("the node closed the connection");
                }
                out.accept(c);
            }
            return Integer.parseInt(answers.readLine());
        } catch (IOException | NumberFormatException e) {
            throw new LauncherException("the connection to the node broke: " + e.getMessage(), e);
        }
    }

    /** Sends a request whose answer never ends and hands on each of its lines, until the node is gone. */
    void follow(String request, Consumer<String> lines) {
        try {
            channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
            for (var line = answers.readLine(); line != null; line = answers.readLine()) {
                lines.accept(line);
            }
        } catch (IOException e) {
            lines.accept("the node is gone");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LauncherException("the connection could not be closed: " + e.getMessage(), e);
        }
    }
}
