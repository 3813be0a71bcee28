/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFrame;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.FrameHash;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.testkit.StageHarness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames are bit for bit those of the ffmpeg program, and know which packet they come from. */
class SameFramesTest {

    private static final String PICTURE = "testsrc2=size=322x242:rate=25:duration=3";
    private static final String SOUND = "sine=frequency=440:sample_rate=48000:duration=3";

    @TempDir
    Path directory;

    /** A generated file: how it is encoded. */
    record Clip(String name, String... encoding) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Clip> videos() {
        return Stream.of(
                new Clip("h264-b-frames.mp4", "-c:v", "libx264", "-bf", "3", "-b_strategy", "0", "-g", "30"),
                new Clip("h264.ts", "-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:bframes=2"),
                new Clip("h264-interlaced.mkv", "-s", "320x256", "-c:v", "libx264", "-x264-params", "tff=1"),
                new Clip("h264-10-bit.mkv", "-pix_fmt", "yuv420p10le", "-c:v", "libx264"),
                new Clip("hevc.mp4", "-c:v", "libx265", "-x265-params", "log-level=none:pools=1"),
                new Clip(
                        "hevc-10-bit.mkv",
                        "-pix_fmt",
                        "yuv420p10le",
                        "-c:v",
                        "libx265",
                        "-x265-params",
                        "log-level=none"),
                new Clip(
                        "vp9.webm",
                        "-c:v",
                        "libvpx-vp9",
                        "-deadline",
                        "good",
                        "-cpu-used",
                        "5",
                        "-auto-alt-ref",
                        "1",
                        "-lag-in-frames",
                        "16"),
                new Clip("vp8.webm", "-c:v", "libvpx", "-deadline", "realtime"),
                new Clip("av1.mkv", "-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"),
                new Clip("mjpeg.avi", "-pix_fmt", "yuvj420p", "-c:v", "mjpeg"),
                new Clip("mjpeg-422.mkv", "-pix_fmt", "yuvj422p", "-c:v", "mjpeg"),
                new Clip("mpeg2.ts", "-c:v", "mpeg2video", "-bf", "2", "-q:v", "4"),
                new Clip("mpeg4.mp4", "-c:v", "mpeg4", "-bf", "2"));
    }

    static Stream<Clip> sounds() {
        return Stream.of(
                new Clip("aac.mp4", "-c:a", "aac"),
                new Clip("aac.ts", "-c:a", "aac", "-ac", "2"),
                new Clip("opus.webm", "-c:a", "libopus"),
                new Clip("mp3.mp3", "-c:a", "libmp3lame"),
                new Clip("vorbis.ogg", "-c:a", "vorbis", "-strict", "-2", "-ac", "2"));
    }

    @ParameterizedTest
    @MethodSource("videos")
    void picturesAreThoseOfTheProgram(Clip clip) {
        var file = generate(clip, PICTURE);
        assertSameFrames(file, MediaKind.VIDEO, Map.of());
    }

    @ParameterizedTest
    @MethodSource("sounds")
    void soundIsThatOfTheProgram(Clip clip) {
        var file = generate(clip, SOUND);
        assertSameFrames(file, MediaKind.AUDIO, Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "4", "0"})
    void threadsOfTheCodecChangeNothing(String threads) {
        var file = generate(new Clip("threads.mp4", "-c:v", "libx264", "-bf", "3"), PICTURE);
        assertSameFrames(file, MediaKind.VIDEO, Map.of("threads", threads));
    }

    @ParameterizedTest
    @ValueSource(strings = "car-detection.mp4")
    void theDemosClipIsDecodedAsTheProgramDoes(String name) {
        assertSameFrames(Clips.path(name), MediaKind.VIDEO, Map.of());
    }

    private Path generate(Clip clip, String input) {
        var file = directory.resolve(clip.name);
        var arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", input));
        arguments.addAll(List.of(clip.encoding));
        arguments.add(file.toString());
        FFmpegProgram.run(arguments.toArray(String[]::new));
        assertTrue(Files.exists(file));
        return file;
    }

    private static void assertSameFrames(Path file, MediaKind kind, Map<String, String> parameters) {
        var stream = kind == MediaKind.VIDEO ? "v:0" : "a:0";
        List<String> hashes = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        decode(file, kind, parameters, sample -> {
            hashes.add(sample instanceof VideoFrame frame ? FrameHash.of(frame) : FrameHash.of((AudioFrame) sample));
            times.add(sample.pts());
            if (kind == MediaKind.VIDEO) {
                assertEquals(sample.pts(), sample.stamp().pts(), "the stamp of the packet");
            }
        });
        assertEquals(FFmpegProgram.frameHashes(file, stream), hashes);
        if (kind == MediaKind.VIDEO) {
            assertEquals(FFmpegProgram.frameTimes(file, stream), times);
        }
    }

    private static void decode(Path file, MediaKind kind, Map<String, String> parameters, Consumer<Sample> frames) {
        try (var media = MediaFile.open(file);
                var stage = StageHarness.of(new FFmpegDecoder(), parameters)) {
            int stream = media.first(kind);
            stage.feed(media.formats().get(stream));
            for (var packet = media.next(stream); packet != null; packet = media.next(stream)) {
                stage.feed(packet);
                stage.samples().forEach(frames);
                stage.clear();
            }
            stage.end();
            stage.samples().forEach(frames);
            assertEquals(List.of(), stage.warnings());
        }
    }
}
