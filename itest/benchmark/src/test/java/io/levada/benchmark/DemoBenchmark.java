/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a newcomer waits for, and what a node takes of the machine. */
class DemoBenchmark {

    private static final int STARTS = 5;
    private static final Duration FIRST_PICTURE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int IDLE_MEGABYTES = 200;
    private static final int DEMO_MEGABYTES = 350;
    private static final Path HOME = Path.of("target", "demo").toAbsolutePath();

    @Test
    void aPlayerHasAPictureSoonAfterTheStartOfTheDemo() {
        var times = new ArrayList<Duration>();
        try (var demo = NodeProcess.demo(HOME)) {
            for (int i = 0; i <= STARTS; i++) {
                long start = System.nanoTime();
                demo.launch();
                Await.until("somebody to connect to", PATIENCE, () -> listens(demo.rtspPort()));
                Await.until("a picture", PATIENCE, () -> seesPicture(demo.rtsp("/demo")));
                var time = Duration.ofNanos(System.nanoTime() - start);
                System.out.printf(
                        Locale.ROOT, "first picture after %.2f s%s%n", time.toMillis() / 1e3, i == 0 ? " (cold)" : "");
                if (i > 0) {
                    times.add(time);
                }
                demo.terminate();
            }
        }
        var median = times.stream().sorted().toList().get(STARTS / 2);
        assertTrue(median.compareTo(FIRST_PICTURE) <= 0, () -> "a picture after " + median);
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    private static boolean seesPicture(String url) {
        return Command.of(
                                FFmpegProgram.path(),
                                ("-hide_banner -nostdin -v error -analyzeduration 100000 -rtsp_transport tcp -i " + url
                                                + " -map 0:v -frames:v 1 -f null -")
                                        .split(" "))
                        .run()
                        .code()
                == 0;
    }

    @Test
    void anIdleNodeIsSmall() {
        try (var node =
                NodeProcess.run(Path.of("target", "idle").toAbsolutePath()).start()) {
            var most = most(node, Duration.ofSeconds(20));
            System.out.printf(
                    Locale.ROOT, "idle node: %.1f MB resident, at most %d are wanted%n", most, IDLE_MEGABYTES);
            assertTrue(most < IDLE_MEGABYTES, () -> most + " MB");
        }
    }

    @Test
    void theDemoIsSmallWithTwoReaders() {
        try (var demo = NodeProcess.demo(Path.of("target", "small-demo").toAbsolutePath())
                .start()) {
            demo.awaitState("demo", "RUNNING", PATIENCE);
            var readers = Stream.of("/demo", "/demo/raw")
                    .map(path -> CompletableFuture.runAsync(() -> watch(demo.rtsp(path))))
                    .toList();
            var most = most(demo, Duration.ofSeconds(45));
            readers.forEach(CompletableFuture::join);
            System.out.printf(
                    Locale.ROOT,
                    "demo with two readers: %.1f MB resident, at most %d are wanted%n",
                    most,
                    DEMO_MEGABYTES);
            assertTrue(most < DEMO_MEGABYTES, () -> most + " MB");
        }
    }

    private static void watch(String url) {
        var command = Command.of(
                FFmpegProgram.path(), ("-hide_banner -nostdin -v error -i " + url + " -t 40 -f null -").split(" "));
        command.run().orFail(command);
    }

    /** The most that it takes in a span of time. */
    private static double most(NodeProcess node, Duration span) {
        long end = System.nanoTime() + span.toNanos();
        double[] most = {0};
        Await.until("time is over", span.plusSeconds(10), () -> {
            most[0] = Math.max(most[0], node.figures().rssMegabytes());
            return System.nanoTime() > end;
        });
        return most[0];
    }
}
