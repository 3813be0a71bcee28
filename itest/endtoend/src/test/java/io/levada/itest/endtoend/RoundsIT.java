package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Figures;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Pipelines that come and go leave nothing behind. */
@ResourceLock(Processor.ALL_OF_IT)
class RoundsIT {

    private static final int ROUNDS = Integer.getInteger("levada.rounds");
    private static final int WARM_UP = 20;
    private static final long RSS_TOLERANCE = 10_000_000;
    private static final Duration SOON = Duration.ofSeconds(20);
    /** After the last pipeline the pools' threads linger for a while. */
    private static final Duration REST = Duration.ofSeconds(60);

    /** Of all kinds: a file that is decoded, drawn on, encoded, served and recorded. */
    private static final String PIPELINE = """
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
            record.type  = muxer.file
            record.from  = encode, cam:audio
            record.path  = data/%1$s.mp4
            record.overwrite = true
            log.type     = sink.events
            log.from     = motion
            log.path     = data/%1$s.jsonl
            """;

    @Test
    void manyRoundsOfStartAndStopEndWithTheBaseline() throws Exception {
        var home = Nodes.home(RoundsIT.class);
        try (var node = NodeProcess.run(home)
                        .option("-Dlevada.leaks=all")
                        .option("-Dfelix.fileinstall.poll=100")
                        .start();
                var jmx = Jmx.of(node.pid())) {
            rounds(node, WARM_UP);
            var before = atRest(node, jmx);
            rounds(node, ROUNDS - WARM_UP);
            Await.value("as at the baseline", REST, () -> faults(before, atRest(node, jmx)), String::isEmpty);
            System.out.printf("After %d rounds: %s; after %d: %s%n", WARM_UP, before, ROUNDS, atRest(node, jmx));
            node.terminate();
            assertTrue(!node.log().contains("LEAK"), node.log());
            assertEquals(ROUNDS, node.log().split("round-. RUNNING", -1).length - 1, node.log());
        }
    }

    /**
     * Two files take turns, for File Install deletes the file of a configuration that it was told is deleted, and that is
     * told late: a file written again at once would be taken for the old one.
     */
    private static void rounds(NodeProcess node, int number) {
        var files = Stream.of("round-a", "round-b")
                .map(name -> new PipelineFile(name, PIPELINE.formatted(name)))
                .toList();
        for (int i = 0; i < number; i++) {
            var file = files.get(i % files.size());
            file.drop(node.etc());
            node.awaitState(file.name(), "RUNNING", SOON);
            file.delete(node.etc());
            node.awaitGone(file.name(), SOON);
        }
    }

    /** What the process holds when everything that can go has gone. */
    private record Held(Figures figures, long direct) {}

    private static Held atRest(NodeProcess node, Jmx jmx) {
        jmx.collectGarbage();
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
        if (after.direct > before.direct) {
            faults.add("direct memory " + before.direct + " -> " + after.direct);
        }
        if (after.figures.rss() > before.figures.rss() + RSS_TOLERANCE) {
            faults.add("RSS %.1f -> %.1f MB".formatted(before.figures.rssMegabytes(), after.figures.rssMegabytes()));
        }
        return String.join(", ", faults);
    }
}
