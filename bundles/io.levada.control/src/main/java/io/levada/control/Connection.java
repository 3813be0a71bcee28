/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the control socket. A request is a line in UTF-8; the answer is text of any length, then a line of
 * {@link #END_OF_ANSWER} and the exit code for the client's process. Requests of one connection are served in turn:
 *
 * <pre>
 * status             the node and its pipelines, to be read      0 healthy, 4 part of it is not
 * status json        the same, for programs
 * watch NAME SECONDS the line of one pipeline, again and again, until the client goes
 * stop               stops the node in order; the answer comes first
 * shell COMMAND      runs a Gogo command                         0 done, 1 it failed
 * commands           the names of all Gogo commands
 * </pre>
 */
final class Connection implements AutoCloseable {

    /** EOT; taken out of what commands print. */
    static final char END_OF_ANSWER = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int LONGEST_REQUEST = 65_536;

    private final BufferedReader requests;
    private final Clients.Client client;
    private final AnswerStream raw;
    private final PrintStream answer;
    private final BundleContext context;
    private final NodeStatus node;
    private final Shell shell;

    Connection(
            Clients.Client client,
            BundleContext context,
            NodeStatus node,
            Supplier<Optional<CommandProcessor>> commands) {
        var channel = client.channel();
        this.client = client;
        this.requests =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        this.raw = new AnswerStream(Channels.newOutputStream(channel));
        this.answer = new PrintStream(new BufferedOutputStream(raw), false, StandardCharsets.UTF_8);
        this.context = context;
        this.node = node;
        this.shell = new Shell(commands, answer);
    }

    void serve() throws IOException {
        for (var request = read(); request.isPresent(); request = read()) {
            client.begins();
            int code = perform(request.get());
            if (answer.checkError()) { // flushes
                return;
            }
            raw.end(code);
            client.ends();
        }
    }

    /** A request without its line end; empty when the client is gone. */
    private Optional<String> read() throws IOException {
        var line = new StringBuilder();
        for (int c = requests.read(); c != '\n'; c = requests.read()) {
            if (c < 0 || line.length() == LONGEST_REQUEST) {
                return Optional.empty();
            }
            line.append((char) c);
        }
        return Optional.of(line.toString().strip());
    }

    private int perform(String request) {
        var words = request.split(" ", 2);
        var rest = words.length > 1 ? words[1].strip() : "";
        return switch (words[0]) {
            case "status" -> node.print(answer, rest.equals("json"));
            case "watch" -> watch(rest);
            case "stop" -> stop();
            case "shell" -> shell.run(rest);
            case "commands" -> shell.listCommands();
            default -> {
                answer.println("unknown request: " + words[0]);
                yield 2;
            }
        };
    }

    private int watch(String arguments) {
        var words = arguments.split(" ");
        try {
            var line = new PipelineLine(words[0]);
            long period = Math.max(100, (long) (Double.parseDouble(words[1]) * 1000));
            while (true) {
                answer.println(line.text(node.pipelines()));
                if (answer.checkError()) {
                    return 0;
                }
                client.takes();
                Thread.sleep(period);
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            answer.println("watch needs a pipeline's name and a period in seconds");
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Another thread stops the framework, for this bundle is part of what stops. */
    private int stop() {
        var framework = context.getBundle(0);
        new Thread(
                        () -> {
                            try {
                                LOG.info("Stopping: asked by the control socket");
                                framework.stop();
                            } catch (BundleException e) {
                                LOG.error("The node does not stop", e);
                            }
                        },
                        "levada-stop")
                .start();
        return 0;
    }

    @Override
    public void close() {
        shell.close();
        answer.close();
    }

    /** The way to the client; what commands print can't end an answer. */
    private static final class AnswerStream extends OutputStream {

        private final OutputStream client;

        AnswerStream(OutputStream client) {
            this.client = client;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            var clean = Arrays.copyOfRange(bytes, offset, offset + length);
            for (int i = 0; i < length; i++) {
                if (clean[i] == END_OF_ANSWER) {
                    clean[i] = '?';
                }
            }
            client.write(clean);
        }

        void end(int code) throws IOException {
            client.write((END_OF_ANSWER + Integer.toString(code) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
