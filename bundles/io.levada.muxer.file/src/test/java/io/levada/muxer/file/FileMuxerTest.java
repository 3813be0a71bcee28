/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.Logged;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.source.media.test.Clip;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileMuxerTest {

    @TempDir
    static Path clips;

    @TempDir
    Path home;

    @BeforeAll
    static void makeClips() {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x108:rate=25:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=4",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-g",
                "25",
                "-c:a",
                "aac",
                "av.mp4");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "av.ts");
        FFmpegProgram.run(
                clips,
                "-i",
                "av.mp4",
                "-c:v",
                "libx265",
                "-x265-params",
                "log-level=error:keyint=25",
                "-c:a",
                "copy",
                "hevc.ts");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c:v", "libvpx", "-g", "25", "-c:a", "libopus", "av.webm");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c:v", "libsvtav1", "-preset", "12", "-g", "25", "-an", "av1.mkv");
    }

    private StageHarness muxer(String path, String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("path", path));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new FileMuxer())
                .parameters(all)
                .inputs("cam:video", "cam:audio")
                .home(home)
                .named("lobby", "rec")
                .open();
    }

    /** The hashes of the decoded pictures or sound, without their times. */
    private static List<String> decoded(Path directory, String file, String stream) {
        return FFmpegProgram.run(directory, "-i", file, "-map", "0:" + stream, "-f", "framemd5", "-")
                .lines()
                .filter(line -> line.matches("\\d+,.*"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    /** Presentation times in milliseconds. */
    private static List<Long> times(Path directory, String file, String stream) {
        return FFmpegProgram.probe(
                        directory,
                        "-select_streams",
                        stream,
                        "-show_entries",
                        "packet=pts_time",
                        "-of",
                        "csv=p=0",
                        file)
                .lines()
                .map(line -> Math.round(Double.parseDouble(line.replace(",", "")) * 1000))
                .sorted()
                .toList();
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(home)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "av.mp4, out.mp4",
        "av.mp4, out.mov",
        "av.mp4, out.mkv",
        "av.mp4, out.ts",
        "av.mp4, out.flv",
        "av.ts, out.mp4",
        "av.ts, out.mkv",
        "hevc.ts, out.mp4",
        "hevc.ts, out.mkv",
        "av.webm, out.webm",
        "av.webm, out.mkv"
    })
    void pictureAndSoundOfTheFileAreThoseOfTheSource(String from, String to) {
        try (var clip = new Clip(clips, from, 1, "video", "audio")) {
            try (var stage = muxer(to)) {
                clip.feed(stage);
            }
            assertEquals(decoded(clips, from, "v"), decoded(home, to, "v"));
            assertEquals(100, times(home, to, "v").size());
            long expected =
                    times(clips, from, "v").get(0) - times(clips, from, "a").get(1);
            long actual = times(home, to, "v").get(0) - times(home, to, "a").get(0);
            assertTrue(Math.abs(actual - expected) < 100, "audio and video in step: " + actual + " for " + expected);
            assertTrue(times(home, to, "v").get(0) <= 100 || to.endsWith("ts"), "begins at 0");
        }
    }

    @Test
    void av1WithoutHeadersOfItsOwnFitsInMp4() {
        try (var clip = new Clip(clips, "av1.mkv", 1, "video")) {
            try (var stage = muxer("out.mp4")) {
                var format = clip.formats().get(0).toBuilder()
                        .extradata(java.nio.ByteBuffer.allocate(0))
                        .build();
                stage.feed(0, format);
                clip.packets(stage, 0, clip.entries().size());
            }
            assertEquals(decoded(clips, "av1.mkv", "v"), decoded(home, "out.mp4", "v"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.mp4", "out.mkv", "out.ts"})
    void aKilledWritersFileIsPlayable(String name) throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer(name)) {
            clip.formats(stage);
            clip.packets(stage, 0, clip.entries().size() - 1);
            Files.copy(home.resolve(name), home.resolve("copy-" + name)); // what a kill -9 at this moment would leave
            int pictures = decoded(home, "copy-" + name, "v").size();
            int sound = times(home, "copy-" + name, "a").size();
            assertTrue(pictures >= 70, pictures + " pictures of 100 are there");
            assertTrue(sound >= 130, sound + " packets of sound of 189 are there");
        }
    }

    @Test
    void aSegmentLosesNoPacket() throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            try (var stage = muxer("%n.mkv", "segment", "1 s")) {
                clip.feed(stage);
                assertEquals(4, stage.gauge("files"));
            }
            assertEquals(List.of("1.mkv", "2.mkv", "3.mkv", "4.mkv"), files());
            List<String> video = new ArrayList<>();
            int sound = 0;
            for (var file : files()) {
                video.addAll(decoded(home, file, "v"));
                sound += times(home, file, "a").size();
                assertTrue(times(home, file, "v").get(0) <= 100, file + " begins at 0");
            }
            assertEquals(decoded(clips, "av.mp4", "v"), video);
            long before = clip.entries().stream()
                    .takeWhile(entry -> entry.track() == 1)
                    .count();
            assertEquals(
                    clip.entries().stream().filter(entry -> entry.track() == 1).count() - before, sound);
        }
    }

    @Test
    void aLoopIsRecordedWithRisingTimes() {
        try (var clip = new Clip(clips, "av.mp4", 3, "video", "audio")) {
            try (var stage = muxer("out.mp4")) {
                clip.feed(stage);
            }
            assertEquals(300, decoded(home, "out.mp4", "v").size());
            var times = times(home, "out.mp4", "v");
            for (int i = 1; i < times.size(); i++) {
                long step = times.get(i) - times.get(i - 1);
                assertTrue(step >= 39 && step <= 100, "step " + i + ": " + step);
            }
        }
    }

    @Test
    void anExistingFileIsLeftAlone() throws IOException {
        Files.writeString(home.resolve("out.mkv"), "mine");
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            try (var stage = muxer("out.mkv")) {
                clip.feed(stage);
            }
            assertEquals(List.of("out-2.mkv", "out.mkv"), files());
            assertEquals("mine", Files.readString(home.resolve("out.mkv")));
            try (var stage = muxer("out.mkv", "overwrite", "true")) {
                clip.feed(stage);
            }
            assertEquals(100, decoded(home, "out.mkv", "v").size());
        }
    }

    @Test
    void directoriesAreMadeAndTimeIsTheCaptures() throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("a/%Y/%p-%s-%m-%d.mkv")) {
            clip.feed(stage);
            assertTrue(Files.exists(home.resolve("a/2026/lobby-rec-01-01.mkv")), "2026-01-01 by the virtual clock");
        }
    }

    @Test
    void aFileBeginsAtAKeyframe() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            try (var stage = muxer("out.mkv")) {
                clip.formats(stage);
                clip.packets(stage, 30, clip.entries().size());
            }
            assertEquals(75, decoded(home, "out.mkv", "v").size());
            assertEquals(decoded(clips, "av.mp4", "v").subList(25, 100), decoded(home, "out.mkv", "v"));
        }
    }

    @Test
    void aChangeOfFormatBeginsANewFile() throws IOException {
        FFmpegProgram.run(clips, "-i", "av.mp4", "-vf", "scale=96:54", "-c:v", "libx264", "-c:a", "copy", "small.mp4");
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var small = new Clip(clips, "small.mp4", 1, "video", "audio")) {
            try (var stage = muxer("out.mp4")) {
                clip.feed(stage);
                small.feed(stage);
            }
            assertEquals(List.of("out-2.mp4", "out.mp4"), files());
            assertEquals(decoded(clips, "av.mp4", "v"), decoded(home, "out.mp4", "v"));
            assertEquals(decoded(clips, "small.mp4", "v"), decoded(home, "out-2.mp4", "v"));
        }
    }

    @Test
    void aCodecThatDoesNotFitIsNamedWithWhatWould() {
        try (var clip = new Clip(clips, "av.webm", 1, "video", "audio");
                var stage = muxer("out.ts")) {
            var problem = assertThrows(StageException.class, () -> clip.formats(stage));
            assertEquals(StageException.Kind.INVALID, problem.kind());
            assertEquals("mpegts can't hold vp8 video", problem.getMessage());
            assertEquals("path", problem.parameter().orElse("none"), "its ending chose the container");
            assertTrue(
                    problem.remedy().orElseThrow().contains("matroska, webm"),
                    problem.remedy().get());
            assertTrue(
                    problem.remedy().get().endsWith("mpegts holds h264, hevc, mpeg4, mpeg2video"),
                    problem.remedy().get());
        }
    }

    @Test
    void tracksAreInTheOrderOfFromWhateverTurnedUpFirst() {
        try (var clip = new Clip(clips, "av.mp4", 1, "audio", "video");
                var stage = StageHarness.with(new FileMuxer())
                        .parameters(Map.of("path", "order.mp4"))
                        .input("cam:audio", 1)
                        .input("encode:video", 0)
                        .home(home)
                        .open()) {
            clip.feed(stage);
            stage.end();
        }
        try (var file = MediaFile.open(home.resolve("order.mp4"))) {
            assertEquals(0, file.first(MediaKind.VIDEO));
            assertEquals(1, file.first(MediaKind.AUDIO));
        }
    }

    @Test
    void aCodecThatDoesNotFitNamesFormatWhereThatChoseTheContainer() {
        try (var stage = muxer("out.bin", "format", "webm")) {
            var problem = assertThrows(StageException.class, () -> stage.feed(Packets.video("h264", 64, 48)));
            assertEquals("format", problem.parameter().orElse("none"));
            assertTrue(
                    problem.remedy().orElseThrow().endsWith("webm holds vp8, vp9, av1"),
                    problem.remedy().get());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out.xyz | | path | no container goes by the ending of out.xyz",
                "out.mp4 | matroksa | format | FFmpeg can't write a container named 'matroksa'; did you mean matroska?",
                "%Q.mp4 | | path | %Q means nothing in %Q.mp4"
            })
    void aParameterThatCanNotWorkIsNamed(String path, String format, String parameter, String message) {
        var problem = assertThrows(StageException.class, () -> muxer(path, "format", format == null ? "" : format));
        assertEquals(StageException.Kind.INVALID, problem.kind());
        assertEquals(parameter, problem.parameter().orElseThrow());
        assertEquals(message, problem.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "rtmp://u:topsecret99@127.0.0.1:9/x,",
        "rtmp://u:topsecret99@127.0.0.1:9/x, flv",
        "rtmp://u:topsecret99@127.0.0.1:9/%Q, flv",
        "rtsp://u:topse/cret99@127.0.0.1:9/x.mp4,",
        "http:/u:topsecret99@127.0.0.1:9/x.mp4,"
    })
    void aUrlIsRefusedWithARemedyAndItsPasswordIsNotShown(String url, String format) throws IOException {
        var problem = assertThrows(StageException.class, () -> muxer(url, "format", format == null ? "" : format));
        assertEquals(StageException.Kind.INVALID, problem.kind());
        assertEquals("path", problem.parameter().orElseThrow());
        assertTrue(problem.getMessage().contains(url.substring(0, 4) + " URL"), problem.getMessage());
        assertTrue(problem.remedy().orElseThrow().contains("server.rtsp"));
        assertFalse(problem.getMessage().contains("cret99"), problem.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aPathMayBeWrittenAsAFileUrl() throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            for (var path : List.of("file:one.mp4", "file://" + home.toAbsolutePath() + "/two.mp4", "at 10:30.mp4")) {
                try (var stage = muxer(path)) {
                    clip.feed(stage);
                }
            }
        }
        assertEquals(List.of("at 10:30.mp4", "one.mp4", "two.mp4"), files());
    }

    @Test
    void anUnknownOptionOfFFmpegIsNamed() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("out.mp4", "ffmpeg.movflag", "faststart")) {
            var problem = assertThrows(StageException.class, () -> clip.feed(stage));
            assertEquals("ffmpeg.movflag", problem.parameter().orElseThrow());
            assertTrue(problem.getMessage().contains("movflags"), problem.getMessage());
            assertEquals(0, home.toFile().list().length, "no empty file is left behind");
        }
    }

    @Test
    void whatTheExceptionTellsIsNotAnErrorInTheLogToo() {
        var log = Logged.during(() -> {
            try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                    var stage = muxer("out.mp4", "ffmpeg.movflags", "nosuchflag")) {
                var problem = assertThrows(StageException.class, () -> clip.feed(stage));
                assertTrue(problem.getMessage().contains("nosuchflag"), problem.getMessage());
            }
        });
        assertFalse(log.contains("ERROR"), log);
    }

    @Test
    void aPlaceThatCanNotBeWrittenIsNamed() throws IOException {
        Files.writeString(home.resolve("occupied"), "a file");
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("occupied/out.mp4")) {
            var problem = assertThrows(StageException.class, () -> clip.feed(stage));
            assertTrue(problem.getMessage().contains("occupied"), problem.getMessage());
        }
    }

    @Test
    void aFullDiskIsSaidAndTriedAgain() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("/dev/full", "format", "matroska", "overwrite", "true")) {
            var problem = assertThrows(StageException.class, () -> clip.feed(stage));
            assertEquals(StageException.Kind.RETRY, problem.kind());
            assertTrue(problem.getMessage().contains("No space left"), problem.getMessage());
        }
    }

    @Test
    void aMuxerThatOpensItsFilesItselfWorksToo() throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            try (var stage = muxer("live/out.m3u8", "ffmpeg.hls_time", "1")) {
                clip.feed(stage);
            }
            assertEquals(decoded(clips, "av.mp4", "v"), decoded(home, "live/out.m3u8", "v"));
            assertTrue(Files.readString(home.resolve("live/out.m3u8")).contains("#EXT-X-ENDLIST"));
        }
        FFmpegProgram.run(
                clips, "-i", "av.mp4", "-map", "0:v", "-c:v", "mjpeg", "-q:v", "5", "-strict", "-1", "jpeg.mkv");
        try (var clip = new Clip(clips, "jpeg.mkv", 1, "video")) {
            try (var stage = muxer("frames/%04d.jpg")) {
                clip.feed(stage);
            }
            try (var list = Files.list(home.resolve("frames"))) {
                assertEquals(100, list.count());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"out.m4a", "out.aac", "out.mka"})
    void soundAloneIsRecorded(String name) {
        try (var clip = new Clip(clips, "av.mp4", 1, "audio")) {
            try (var stage = muxer(name)) {
                clip.feed(stage);
            }
            assertEquals(
                    times(clips, "av.mp4", "a").size(), times(home, name, "a").size());
        }
    }

    @Test
    void hundredsOfFilesLeaveNoDescriptorBehind() throws IOException {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            record(clip, 20);
            long before = descriptors();
            record(clip, 300);
            assertEquals(before, descriptors());
        }
    }

    private void record(Clip clip, int files) {
        for (int i = 0; i < files; i++) {
            try (var stage = muxer("same.mp4", "overwrite", "true")) {
                clip.formats(stage);
                clip.packets(stage, 0, 5);
            }
        }
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }

    @Test
    void keepsTheStageContract() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            StageTck.verify(
                    FileMuxer::new,
                    material(clip, 0)
                            .samples(60)
                            .with(material(clip, 1))
                            .parameters(Map.of("path", home.resolve("tck.mp4").toString())));
        }
    }

    /** A track of the clip, round by round. */
    private static Accepts material(Clip clip, int track) {
        var format = clip.formats().get(track);
        var packets = clip.entries().stream()
                .filter(entry -> entry.track() == track)
                .map(Clip.Entry::packet)
                .toList();
        return Accepts.stream(format, (round, index) -> {
            var packet = packets.get(index % packets.size());
            long shift = format.timeBase().fromNanos(10_000_000_000L * round);
            packet.retain();
            return packet.toBuilder()
                    .pts(packet.pts() + shift)
                    .dts(packet.dts() + shift)
                    .build();
        });
    }
}
