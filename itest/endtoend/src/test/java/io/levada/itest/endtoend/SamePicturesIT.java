/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node decodes is bit for bit what the ffmpeg program decodes. */
@Execution(ExecutionMode.SAME_THREAD)
class SamePicturesIT {

    private static final Duration DECODING = Duration.ofMinutes(2);
    private static final String PICTURE = "testsrc2=size=640x362:rate=25:duration=4";

    /** Kept once in the repository, beside the analyzer that it was taken for first. */
    private static final Path PERSONS =
            Path.of("../../bundles/io.levada.analyzer.motion/src/test/media/one-by-one-person-detection.mp4");

    private static Path media;
    private static NodeProcess node;

    /**
     * A file to decode.
     *
     * @param encoding how the ffmpeg program makes it; none for the real clips
     */
    record Film(String name, String... encoding) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeProcess.run(Nodes.home(SamePicturesIT.class))
                .option("-Dlevada.leaks=all")
                .start();
        media = node.home().resolve("media");
        Files.copy(PERSONS, media.resolve("one-by-one-person-detection.mp4"));
    }

    @AfterAll
    static void stopNode() {
        node.terminate();
        assertTrue(!node.log().contains("LEAK"), node.log());
    }

    static Stream<Film> films() {
        return Stream.of(
                new Film("car-detection.mp4"),
                new Film("one-by-one-person-detection.mp4"),
                new Film("hevc.mp4", "-c:v", "libx265", "-x265-params", "log-level=none"),
                new Film("vp9.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
                new Film("av1.mkv", "-c:v", "libsvtav1", "-preset", "12"),
                new Film("mjpeg.avi", "-pix_fmt", "yuvj420p", "-c:v", "mjpeg"),
                new Film("mpeg2.ts", "-c:v", "mpeg2video", "-bf", "2", "-q:v", "4"),
                new Film("h264-10-bit.mkv", "-pix_fmt", "yuv420p10le", "-c:v", "libx264"),
                new Film(
                        "hevc-10-bit.mkv",
                        "-pix_fmt",
                        "yuv420p10le",
                        "-c:v",
                        "libx265",
                        "-x265-params",
                        "log-level=none"));
    }

    @ParameterizedTest
    @MethodSource("films")
    void decodedPicturesAreThoseOfTheFFmpegProgram(Film film) throws IOException {
        var file = media.resolve(film.name);
        if (film.encoding.length > 0) {
            make(film, file);
        }
        var name = film.name.replace('.', '-').replaceFirst("^([^a-z])", "f$1");
        var hashes = node.home().resolve("data/" + name + ".framemd5");
        node.deploy(
                name,
                """
                in.type     = source.media
                in.url      = %s
                in.pace     = fast
                decode.type = decoder
                decode.from = in:video
                raw.type    = encoder
                raw.from    = decode
                raw.codec   = rawvideo
                out.type    = muxer.file
                out.from    = raw
                out.path    = %s
                out.format  = framemd5
                """
                        .formatted(file, hashes));
        node.awaitState(name, "ENDED", DECODING);
        var expected = FFmpegProgram.frameHashes(file);
        assertTrue(expected.size() >= 100, () -> expected.size() + " pictures");
        assertEquals(expected, FrameHashes.hashes(Files.readString(hashes)));
    }

    private static void make(Film film, Path file) {
        var arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", PICTURE));
        arguments.addAll(List.of(film.encoding));
        arguments.add(file.toString());
        FFmpegProgram.run(arguments.toArray(String[]::new));
    }
}
