/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What a node adds between a publisher and its readers: from the last packet of an access unit in at the node to its first
 * packet out to a reader, by the kernel's clock. Where tcpdump is not there to record that, from the last packet out of the
 * publisher to the first one in at a reader, less what a datagram takes from the one to the other without a node. Measured when
 * the JVM has compiled what runs 25 times a second, which takes a minute.
 */
class RelayLatencyBenchmark {

    private static final int READERS = Integer.getInteger("levada.benchmark.readers", 100);
    private static final int SECONDS = Integer.getInteger("levada.benchmark.seconds", 30);
    private static final int WARM_UP_SECONDS = Integer.getInteger("levada.benchmark.warm-up", 50);
    private static final int RATE = 25;
    private static final double MEDIAN_MILLIS = 0.5;
    private static final double P99_MILLIS = 2;
    private static final long PERIOD = 40_000_000L;
    private static final int DIRECT = 250;

    private static final String RELAY =
            """
            in.type   = source.publish
            in.path   = /cam
            live.type = server.rtsp
            live.from = in
            live.path = /cam
            live.join = live
            """;

    private RelayPublisher publisher;

    /** From units that are published to timestamps that are read: modulo 2^32. */
    private volatile int origin;

    private volatile boolean settled;
    private boolean aligned;
    private final long[] first = new long[1 << 16];
    private final float[] all = new float[1 << 22];
    private int count;
    private volatile boolean counting;

    @Test
    void theNodeAddsLessThanHalfAMillisecond() throws Exception {
        var film = film();
        try (var node = NodeProcess.run(Path.of("target", "relay").toAbsolutePath())) {
            node.start();
            node.deploy("relay", RELAY);
            node.awaitState("relay", "WAITING", Duration.ofMinutes(1));
            try (var publishing = new RelayPublisher(node.rtspPort(), "/cam", film)) {
                publisher = publishing;
                node.awaitState("relay", "RUNNING", Duration.ofMinutes(1));
                try (var readers = new RelayReaders(node.rtspPort(), "/cam", READERS, this::came)) {
                    int begin = publisher.last() + WARM_UP_SECONDS * RATE;
                    Await.until("the warm-up", Duration.ofMinutes(5), () -> publisher.last() >= begin);
                    readers.keepAlive();
                    settled = true;
                    Await.until("a second", Duration.ofMinutes(1), () -> publisher.last() >= begin + RATE);
                    var stays = stays(node.rtspPort());
                    publishing.stop();
                    judge(begin, readers.lost(), readers.direct(DIRECT, PERIOD), stays);
                }
            }
        }
    }

    /** How long units stay in the node, milliseconds, sorted; empty when nothing can be recorded. */
    private double[] stays(int rtspPort) throws Exception {
        var file = Files.createTempFile("levada-relay", ".pcap");
        var capture = RelayCapture.start(file, rtspPort);
        try {
            counting = true;
            int end = publisher.last() + SECONDS * RATE;
            Await.until("the end", Duration.ofSeconds(60 + 2L * SECONDS), () -> publisher.last() >= end);
            counting = false;
            return capture.isPresent() ? capture.get().stop() : new double[0];
        } finally {
            if (capture.isPresent()) {
                capture.get().close();
            }
        }
    }

    private static Path film() throws Exception {
        var film = Path.of("target", "relay.h264").toAbsolutePath();
        Files.createDirectories(film.getParent());
        FFmpegProgram.run(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=1280x720:rate=" + RATE + ":duration=10",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-bf",
                "0",
                "-g",
                "50",
                "-b:v",
                "2M",
                "-x264-params",
                "sliced-threads=0:slices=1",
                "-pix_fmt",
                "yuv420p",
                film.toString());
        return film;
    }

    /** On the readers' thread. */
    private void came(int reader, int timestamp, long nanos) {
        if (!aligned) { // by what has just been sent; the rest is told apart by timestamps
            int unit = publisher.last();
            if (!settled || nanos - publisher.sent(unit) > PERIOD / 2) {
                return; // it may be about the one before
            }
            origin = timestamp - unit * RelayPublisher.PERIOD_TICKS;
            aligned = true;
        }
        int unit = (timestamp - origin + RelayPublisher.PERIOD_TICKS / 2) / RelayPublisher.PERIOD_TICKS;
        if (counting && unit >= 0 && unit < first.length) {
            long latency = nanos - publisher.sent(unit);
            if (first[unit] == 0) {
                first[unit] = latency;
            }
            if (count < all.length) {
                all[count++] = latency / 1e6f;
            }
        }
    }

    private void judge(int begin, long lost, long[] direct, double[] stays) {
        double without = direct[direct.length / 2] / 1e6;
        var toFirst = Arrays.stream(first)
                .filter(nanos -> nanos != 0)
                .mapToDouble(nanos -> nanos / 1e6)
                .sorted()
                .toArray();
        var toAll = Arrays.copyOf(all, count);
        Arrays.sort(toAll);
        System.out.printf(
                Locale.ROOT,
                "relay with %d UDP readers, %d access units, as the benchmark's threads see it: to the first reader p50 %.3f ms,"
                        + " p99 %.3f ms; to every reader p50 %.3f ms, p99 %.3f ms, most %.3f ms; %d packets lost;"
                        + " without a node p50 %.3f ms, p99 %.3f ms%n",
                READERS,
                toFirst.length,
                at(toFirst, 0.5),
                at(toFirst, 0.99),
                toAll[toAll.length / 2],
                toAll[(int) (toAll.length * 0.99)],
                toAll[toAll.length - 1],
                lost,
                without,
                direct[(int) (direct.length * 0.99)] / 1e6);
        assertTrue(toFirst.length > SECONDS * RATE / 2, () -> toFirst.length + " access units since " + begin);
        assertEquals(0, lost, "packets lost");
        boolean recorded = stays.length > SECONDS * RATE / 2;
        double median = recorded ? at(stays, 0.5) : at(toFirst, 0.5) - without;
        double p99 = recorded ? at(stays, 0.99) : at(toFirst, 0.99) - without;
        System.out.printf(
                Locale.ROOT,
                "the node adds p50 %.3f ms, p99 %.3f ms (%s)%n",
                median,
                p99,
                recorded ? "recorded of " + stays.length + " access units" : "from the above");
        assertTrue(median <= MEDIAN_MILLIS, () -> "median " + median + " ms");
        assertTrue(p99 <= P99_MILLIS, () -> "99th percentile " + p99 + " ms");
    }

    private static double at(double[] sorted, double part) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * part))];
    }
}
