/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.Jmx;
import io.levada.itest.LazyReader;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import io.levada.itest.Viewers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Readers that don't read, and clients that say nothing, are nobody else's trouble. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class HostileReadersIT {

    private static final int GOOD = 20;
    private static final int OF_A_KIND = 5;
    private static final int SILENT = 2000;
    private static final Duration SOON = Duration.ofSeconds(60);

    /** What each of them may cost beyond the sockets' buffers is shared: the queue of one stream. */
    private static final long MOST_GROWTH = 64_000_000L;

    private static final String PIPELINE =
            """
            cam.type         = source.media
            cam.url          = film.mp4
            cam.loop         = true
            live.type        = server.rtsp
            live.from        = cam
            live.path        = /film
            live.evict-after = 4 s
            """;

    private NodeProcess node;

    @BeforeEach
    void start(TestInfo test) {
        var method = test.getTestMethod().orElseThrow().getName();
        node = NodeProcess.run(Nodes.home(HostileReadersIT.class).resolve(method))
                .option("-Xmx192m")
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=50")
                .start();
        FFmpegProgram.run(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=640x360:rate=25:duration=10,noise=alls=40:allf=t",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-b:v",
                "2M",
                "-g",
                "25",
                "-pix_fmt",
                "yuv420p",
                node.home().resolve("film.mp4").toString());
        node.deploy("film", PIPELINE);
        node.awaitState("film", "RUNNING", SOON);
    }

    @AfterEach
    void leave() {
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    @Test
    void twentyGoodReadersLoseNothingBesideFifteenBadOnes() throws Exception {
        var slow = new ArrayList<LazyReader>();
        var gone = new ArrayList<Process>();
        var pulse = Executors.newSingleThreadScheduledExecutor();
        try (var good = new Viewers(node, "/film", GOOD);
                var jmx = Jmx.of(node.pid())) {
            Await.until("all play", SOON, () -> figure("readers") == GOOD);
            jmx.tidy();
            long before = node.figures().rss();
            for (int i = 0; i < 2 * OF_A_KIND; i++) {
                slow.add(new LazyReader(node.rtspPort(), "/film"));
            }
            for (int i = 0; i < OF_A_KIND; i++) {
                gone.add(player(i % 2 == 0 ? Transport.TCP : Transport.UDP));
            }
            Await.until("all are there", SOON, () -> figure("readers") == GOOD + 3 * OF_A_KIND);
            gone.forEach(Process::destroyForcibly); // SIGKILL: without a farewell
            pulse.scheduleAtFixedRate(
                    () -> slow.subList(0, OF_A_KIND).forEach(LazyReader::readByte), 1, 1, TimeUnit.SECONDS);
            Await.until("the slow ones are thrown out", SOON, () -> figure("evicted") == 2 * OF_A_KIND);
            Await.until("those that went are forgotten", SOON, () -> figure("readers") == GOOD);
            assertTrue(node.log().contains("read too slowly for 4 s"), node.log());
            assertEquals(List.of(), good.faults());
            for (var reader : good.readers()) {
                assertEquals(List.of(), RtpGaps.in(reader.timestamps("video")));
            }
            assertTrue(figure("dropped-slow") > 0, "they were skipped before that");
            Await.value("memory is as before", SOON, () -> tidyRss(jmx), now -> now < before + MOST_GROWTH);
        } finally {
            pulse.shutdownNow();
            gone.forEach(Process::destroyForcibly);
            slow.forEach(LazyReader::close);
        }
    }

    @Test
    void twoThousandSilentConnectionsKeepNobodyOutAndAreClosed() throws Exception {
        var silent = new ArrayList<Socket>();
        try (var good = new Viewers(node, "/film", 2);
                var jmx = Jmx.of(node.pid())) {
            int files = node.figures().files();
            long before = tidyRss(jmx);
            for (int i = 0; i < SILENT; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), node.rtspPort()));
            }
            try (var late = new RtpReader(node.rtspPort(), "/film", Transport.TCP)) {
                Await.until(
                        "it gets pictures", SOON, () -> late.timestamps("video").size() > 25);
                assertEquals(List.of(), late.faults());
            }
            Await.until(
                    "those that say nothing are closed",
                    SOON,
                    () -> node.figures().files() <= files + 10);
            for (var socket : silent) {
                assertEquals(-1, socket.getInputStream().read());
            }
            Await.value("memory is as before", SOON, () -> tidyRss(jmx), now -> now < before + MOST_GROWTH);
            assertEquals(List.of(), good.faults());
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
    }

    private Process player(Transport transport) throws IOException {
        return new ProcessBuilder(
                        FFmpegProgram.path(),
                        "-nostdin",
                        "-v",
                        "error",
                        "-rtsp_transport",
                        transport.word(),
                        "-i",
                        node.rtsp("/film"),
                        "-c",
                        "copy",
                        "-f",
                        "null",
                        "-")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private long tidyRss(Jmx jmx) {
        jmx.tidy();
        return node.figures().rss();
    }

    private long figure(String gauge) {
        for (var stage : node.pipeline("film").path("stages")) {
            if (stage.path("name").asText().equals("live")) {
                return stage.path("gauges").path(gauge).asLong();
            }
        }
        return 0;
    }
}
