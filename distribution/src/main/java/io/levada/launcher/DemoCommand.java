/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code levada demo}. */
@Command(
        name = "demo",
        description = {
            "Runs a node with the demo's own configuration (examples/demo) and data: a clip in a loop, analysed and"
                    + " served by RTSP. etc/ is left alone."
        })
final class DemoCommand implements Callable<Integer> {

    private static final String PIPELINE = "demo";
    /** The server's default. */
    private static final String RTSP_PORT = "8554";

    private static final int SECONDS_ON_A_TERMINAL = 1;
    private static final int SECONDS_IN_A_PIPE = 5;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        var home = Home.locate();
        var directory = data.directory(home.demoData());
        var terminal = Terminal.standardOutput();
        var node = Node.prepare(home, home.demoEtc(), directory, terminal);
        node.start();
        var credentials = FirstPassword.credentials(directory);
        var server = "ffplay rtsp://127.0.0.1:" + rtspPort(home) + "/demo";
        new Banner(System.out)
                .print(node, List.of(server + "         analysed", server + "/raw     untouched"), credentials);
        followLine(directory, terminal);
        node.awaitStop();
        return 0;
    }

    private static String rtspPort(Home home) {
        var listener = NodeProperties.read(home.demoEtc().resolve("io.levada.server.rtsp.cfg"));
        return listener.getProperty("port", RTSP_PORT).trim();
    }

    private static void followLine(DataDirectory directory, Terminal terminal) {
        int period = terminal.interactive() ? SECONDS_ON_A_TERMINAL : SECONDS_IN_A_PIPE;
        var follower = new Thread(
                () -> {
                    try (var client = ControlClient.connect(directory)) {
                        client.follow("watch " + PIPELINE + " " + period, line -> show(line, terminal));
                    }
                },
                "levada-status-line");
        follower.setDaemon(true);
        follower.start();
    }

    private static void show(String line, Terminal terminal) {
        var text = terminal.clearLine() + terminal.fit(line);
        if (terminal.interactive()) {
            System.out.print(text);
        } else {
            System.out.println(text);
        }
        System.out.flush();
    }
}
