/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Figures;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pipelines that come and go leave nothing behind. */
class RoundsIT {

    private static final int ROUNDS = Integer.getInteger("levada.rounds");
    private static final int WARM_UP = 20;
    /**
     * What is promised is 10 MB, on a quiet machine: {@code -Dlevada.rss.tolerance=10}. The build takes what the JVM's own
     * compiler and heap may add when it is slowed down; a leak of a frame a round is several times as much.
     */
    private static final long RSS_TOLERANCE = 1_000_000L * Integer.getInteger("levada.rss.tolerance", 32);

    /**
     * Each thread that writes to a channel keeps a direct buffer as large as the largest text it wrote so far; a packet a
     * round is several times as much.
     */
    private static final long DIRECT_TOLERANCE = 64_000;

    private static final Duration SOON = Duration.ofSeconds(20);
    /** After the last pipeline the pools' threads linger for a while. */
    private static final Duration REST = Duration.ofSeconds(60);

    private static final Pattern REMOVED = Pattern.compile("INFO .* removed$", Pattern.MULTILINE);

    private static final String SERVED =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.loop     = true
            decode.type  = decoder
            decode.from  = cam:video
            motion.type  = analyzer.motion
            motion.from  = decode
            boxes.type   = filter.overlay
            boxes.from   = decode, motion
            encode.type  = encoder
            encode.from  = boxes
            encode.codec = h264
            live.type    = server.rtsp
            live.from    = encode, cam:audio
            live.path    = /%1$s
            out.type     = muxer.file
            out.from     = encode, cam:audio
            out.path     = data/%1$s
            out.format   = mp4
            """;

    private static final String RECORDED =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.loop     = true
            out.type     = muxer.file
            out.from     = cam
            out.path     = data/%1$s
            out.format   = mpegts
            """;

    private static final String ANALYSED =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.pace     = fast
            cam.loop     = true
            decode.type  = decoder
            decode.from  = cam:video
            motion.type  = analyzer.motion
            motion.from  = decode
            out.type     = sink.events
            out.from     = motion
            out.path     = data/%1$s
            """;

    /** A round's pipelines, which come and go at once; {@code %1$s} is the name. */
    private static final Map<String, String> PIPELINES =
            Map.of("served", SERVED, "recorded", RECORDED, "analysed", ANALYSED);

    @Test
    void manyRoundsOfStartAndStopEndWithTheBaseline() throws Exception {
        var home = Nodes.home(RoundsIT.class);
        try (var node = NodeProcess.run(home)
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=100")
                .start()) {
            compareWithBaseline(node);
            node.terminate();
            assertTrue(!node.log().contains("LEAK"), node.log());
            assertEquals(
                    ROUNDS * PIPELINES.size(),
                    REMOVED.matcher(node.log()).results().count(),
                    node.log());
        }
    }

    private static void compareWithBaseline(NodeProcess node) throws IOException {
        try (var jmx = Jmx.of(node.pid())) {
            rounds(node, 0, WARM_UP);
            var before = atRest(node, jmx);
            rounds(node, WARM_UP, ROUNDS);
            Await.value("as at the baseline", REST, () -> faults(before, atRest(node, jmx)), String::isEmpty);
            System.out.printf("After %d rounds: %s; after %d: %s%n", WARM_UP, before, ROUNDS, atRest(node, jmx));
        }
    }

    private static void rounds(NodeProcess node, int first, int last) throws IOException {
        for (int i = first; i < last; i++) {
            round(node, i % 2 == 0 ? "-even" : "-odd");
        }
    }

    /** Each pipeline works until it has written something. */
    private static void round(NodeProcess node, String suffix) throws IOException {
        var files = PIPELINES.entrySet().stream()
                .map(pipeline -> new PipelineFile(
                        pipeline.getKey() + suffix, pipeline.getValue().formatted(pipeline.getKey() + suffix)))
                .toList();
        for (var file : files) {
            Files.deleteIfExists(output(node, file));
            file.drop(node.etc());
        }
        for (var file : files) {
            Await.until(
                    file.name() + " works",
                    SOON,
                    () -> output(node, file).toFile().length() > 0);
        }
        files.forEach(file -> file.delete(node.etc()));
        files.forEach(file -> node.awaitGone(file.name(), SOON));
    }

    private static Path output(NodeProcess node, PipelineFile file) {
        return node.data().resolve(file.name());
    }

    /** What the process holds when everything that can go has gone. */
    private record Held(Figures figures, long direct) {}

    private static Held atRest(NodeProcess node, Jmx jmx) {
        jmx.tidy();
        return new Held(node.figures(), jmx.directMemory());
    }

    private static String faults(Held before, Held after) {
        var faults = new ArrayList<String>();
        if (after.figures.threads() > before.figures.threads()) {
            faults.add("threads " + before.figures.threads() + " -> " + after.figures.threads());
        }
        if (after.figures.files() > before.figures.files()) {
            faults.add("files " + before.figures.files() + " -> " + after.figures.files());
        }
        if (after.direct > before.direct + DIRECT_TOLERANCE) {
            faults.add("direct memory " + before.direct + " -> " + after.direct);
        }
        if (after.figures.rss() > before.figures.rss() + RSS_TOLERANCE) {
            faults.add("RSS %.1f -> %.1f MB".formatted(before.figures.rssMegabytes(), after.figures.rssMegabytes()));
        }
        return String.join(", ", faults);
    }
}
