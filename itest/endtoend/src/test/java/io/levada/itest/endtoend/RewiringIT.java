/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.levada.itest.Await;
import io.levada.itest.DemoPipeline;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import io.levada.itest.Viewers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A pipeline is changed again and again while people watch it. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class RewiringIT {

    /** On each of the two streams, half of them over UDP. */
    private static final int READERS = 20;

    private static final int CHANGES = Integer.getInteger("levada.changes", 100);
    private static final long SEED = Long.getLong("levada.seed", System.nanoTime());
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern TAKEN = Pattern.compile("lobby changed: |lobby INVALID");

    private final Random random = new Random(SEED);
    private Viewers raw;
    private Viewers drawn;
    private NodeProcess node;
    private int number;

    @BeforeEach
    void watch(TestInfo test) throws IOException {
        System.out.println("-Dlevada.seed=" + SEED);
        var method = test.getTestMethod().orElseThrow().getName();
        node = NodeProcess.run(Nodes.home(RewiringIT.class).resolve(method))
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=50")
                .start();
        node.deploy("lobby", DemoPipeline.analysed("motion", 0.02));
        node.awaitState("lobby", "RUNNING", SOON);
        raw = new Viewers(node, "/demo/raw", READERS);
        drawn = new Viewers(node, "/demo", READERS);
    }

    @AfterEach
    void leave() {
        raw.close();
        drawn.close();
        node.terminate();
        for (var fault : List.of("LEAK", "A change of a pipeline failed", "could not be undone")) {
            assertFalse(node.log().contains(fault), node.log());
        }
    }

    @Test
    void viewersNoticeNothingOfWhatDoesNotConcernThem() {
        for (int i = 0; i < CHANGES; i++) {
            apply(valid());
            apply(invalid());
        }
        assertEquals(List.of(), raw.faults(), "viewers of what was not changed");
        assertEquals(
                List.of(),
                drawn.faults().stream().filter(fault -> fault.contains("ended")).toList(),
                "viewers of what was changed");
    }

    @Test
    void noPictureIsMissingWhenOnlyTheAnalyzerChanges() {
        for (int i = 0; i < CHANGES / 5; i++) {
            apply(DemoPipeline.analysed(i % 2 == 0 ? "other" : "motion", 0.01 + random.nextInt(5) / 100.0));
        }
        assertEquals(List.of(), raw.faults());
        assertEquals(List.of(), drawn.faults());
        for (var reader : drawn.readers()) {
            assertEquals(List.of(), RtpGaps.in(reader.timestamps("video")));
        }
    }

    private String valid() {
        var text = new StringBuilder(DemoPipeline.STREAMS);
        var pictures = "decode";
        if (random.nextBoolean()) {
            text.append("flip.type = filter.ffmpeg\nflip.from = decode\nflip.filters = "
                    + List.of("hflip", "vflip", "negate").get(random.nextInt(3)) + "\n");
            pictures = "flip";
        }
        if (random.nextInt(4) > 0) {
            var analyzer = List.of("motion", "other").get(random.nextInt(2));
            text.append("%1$s.type = analyzer.motion\n%1$s.from = decode\n%1$s.threshold = 0.0%2$d\n"
                    .formatted(analyzer, 1 + random.nextInt(9)));
            if (random.nextBoolean()) {
                text.append("log.type = sink.events\nlog.from = %s\nlog.path = data/events.json\n".formatted(analyzer));
            }
            text.append("boxes.type = filter.overlay\nboxes.from = %s, %s\n".formatted(pictures, analyzer));
            pictures = "boxes";
        }
        if (random.nextBoolean()) {
            text.append("rec.type = muxer.file\nrec.from = %s\nrec.path = data/rec-%d.ts\n"
                    .formatted(List.of("cam", "encode, cam:audio").get(random.nextInt(2)), number));
        }
        if (random.nextBoolean()) {
            text.append("small.type = filter.ffmpeg\nsmall.from = decode\nsmall.filters = scale=160:90\n"
                    + "seen.type = sink.null\nseen.from = small\n");
        }
        return text + "encode.from = " + pictures + "\n";
    }

    private String invalid() {
        return valid()
                + List.of(
                                "x.type = sink.null\nx.from = y\n",
                                "x.type = sink.null\nx.from = cam\nx.colour = red\n",
                                "x.type = filter.ffmpeg\nx.from = x\nx.filters = null\n",
                                "x.type = server.rtsp\nx.from = encode\nx.path = /demo/raw\n",
                                "x.type = filter.ffmpeg\nx.from = decode\n",
                                "x.type = muxer.file\nx.from = cam\nx.path = data/x.nothing\n")
                        .get(random.nextInt(6));
    }

    /** Waits until the node has taken or refused it. No two are the same, for a setting of a server that can be changed. */
    private void apply(String text) {
        long before = taken();
        new PipelineFile("lobby", text + "raw.gop-time = " + (10_000 + number++) + " ms\n").drop(node.etc());
        Await.until("it is taken: " + text, SOON, () -> taken() > before);
    }

    private long taken() {
        return TAKEN.matcher(node.log()).results().count();
    }
}
