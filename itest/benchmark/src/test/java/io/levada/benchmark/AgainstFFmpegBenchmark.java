/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A running node takes no longer than the ffmpeg program. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgainstFFmpegBenchmark {

    private static final double LIMIT = 1.05;

    private static final Work DECODE = new Work(
            "-map 0:v -f null -",
            """
            decode.type    = decoder
            decode.from    = in:video
            decode.threads = %d
            out.type       = sink.null
            out.from       = decode
            """
                    .formatted(Work.THREADS));

    private static final String ENCODING = "-map 0:v -vf scale=1280:720 -filter_threads 1 -c:v libx264 -preset veryfast"
            + " -g 250 -threads " + Work.THREADS;

    private static final String ENCODER =
            """
            decode.type    = decoder
            decode.from    = in:video
            decode.threads = %1$d
            scale.type     = filter.ffmpeg
            scale.from     = decode
            scale.filters  = scale=1280:720
            encode.type    = encoder
            encode.from    = scale
            encode.codec   = libx264
            encode.preset  = veryfast
            encode.latency = normal
            encode.gop     = 250
            encode.threads = %1$d
            """
                    .formatted(Work.THREADS);

    private static final Work TRANSCODE =
            new Work(ENCODING + " -f null -", ENCODER + "out.type = sink.null\nout.from = encode\n");

    private static Path film;
    private static NodeProcess node;

    @BeforeAll
    static void startNode() {
        film = Film.make();
        node = NodeProcess.run(Path.of("target", "node").toAbsolutePath())
                .option("-Dfelix.fileinstall.poll=20") // how long it takes to notice a file is not what is measured
                .start();
        System.out.printf("%d threads a codec%n", Work.THREADS);
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    /** Else the comparison would be of two kinds of work. */
    @Test
    @Order(0)
    void bothEncodeTheSame() throws IOException {
        var program = hashes("program.mp4");
        var levada = hashes("node.mp4");
        var work = new Work(
                ENCODING + " " + program,
                ENCODER + "out.type = muxer.file\nout.from = encode\nout.overwrite = true\nout.path = " + levada
                        + "\n");
        work.byProgram(film, 1);
        work.byNode(node, film, 1);
        assertEquals(packets(program), packets(levada));
    }

    @Test
    @Order(1)
    void decode() {
        compare("decode of 1080p H.264", DECODE, 1);
    }

    @Test
    @Order(2)
    void decodeScaleEncode() {
        compare("decode, scale to 720p, encode by x264", TRANSCODE, 1);
    }

    @Test
    @Order(3)
    void fourAtOnce() {
        compare("four decodes at once", DECODE, 4);
    }

    private static void compare(String name, Work work, int times) {
        new Pairs(name, () -> work.byProgram(film, times), () -> work.byNode(node, film, times)).compare(LIMIT);
    }

    private static Path hashes(String name) throws IOException {
        var file = Path.of("target", name).toAbsolutePath();
        Files.deleteIfExists(file);
        return file;
    }

    private static List<String> packets(Path file) {
        return FrameHashes.hashes(FFmpegProgram.run("-i", file.toString(), "-c", "copy", "-f", "framemd5", "-"));
    }
}
