/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.HostMemory;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.Logged;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FFmpegDecoderTest {

    @TempDir
    static Path directory;

    private static Path small;
    private static Path large;
    private static Path sound;

    @BeforeAll
    static void generate() {
        small = generate(
                "small.mp4", "testsrc2=size=160x120:rate=25:duration=2", "-c:v", "libx264", "-bf", "2", "-g", "25");
        large = generate(
                "large.mp4", "testsrc2=size=322x242:rate=25:duration=1", "-c:v", "libx264", "-bf", "0", "-g", "25");
        sound = generate("sound.m4a", "sine=frequency=440:duration=2", "-c:a", "aac");
    }

    private static Path generate(String name, String input, String... encoding) {
        var file = directory.resolve(name);
        var arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", input));
        arguments.addAll(List.of(encoding));
        arguments.add(file.toString());
        FFmpegProgram.run(arguments.toArray(String[]::new));
        return file;
    }

    /** A file's packets copied into Java's memory, so that the contract test can poison it. */
    private record Track(PacketFormat format, List<ByteBuffer> data, List<long[]> times, List<Boolean> keyframes) {

        static Track of(Path file) {
            try (var media = MediaFile.open(file)) {
                var track = new Track(media.formats().get(0), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
                for (var packet = media.next(0); packet != null; packet = media.next(0)) {
                    var copy = ByteBuffer.allocateDirect((int) packet.size());
                    track.data.add(copy.put(packet.data().duplicate()).flip());
                    track.times.add(new long[] {packet.pts(), packet.dts(), packet.duration()});
                    track.keyframes.add(packet.keyframe());
                    packet.release();
                }
                return track;
            }
        }

        int size() {
            return data.size();
        }

        Packet.Builder packet(int epoch, int index) {
            var bytes = data.get(index);
            var memory = HostMemory.allocate(bytes.remaining());
            memory.writable(0).duplicate().put(bytes.duplicate());
            return packet(epoch, index, memory);
        }

        /** A packet in the place of another, with other bytes. */
        Packet.Builder packet(int epoch, int index, HostMemory memory) {
            long length = times.get(size() - 1)[0] + 100_000;
            long pts = times.get(index)[0] + epoch * length;
            var stamp =
                    Stamp.of("test/source:video", epoch, pts, format.timeBase().toNanos(pts), System.nanoTime(), 0);
            return Packet.over(memory)
                    .pts(pts)
                    .dts(times.get(index)[1] + epoch * length)
                    .duration(times.get(index)[2])
                    .keyframe(keyframes.get(index))
                    .stamp(stamp);
        }
    }

    @Test
    void keepsTheStageContractWithPictures() {
        var first = Track.of(small);
        var second = Track.of(large);
        StageTck.verify(
                FFmpegDecoder::new,
                Accepts.stream(first.format, (round, index) -> first.packet(round, index)
                                .build())
                        .changingTo(second.format, (round, index) -> second.packet(round, index)
                                .build())
                        .samples(25));
    }

    @Test
    void keepsTheStageContractWithSound() {
        var track = Track.of(sound);
        StageTck.verify(
                FFmpegDecoder::new,
                Accepts.stream(track.format, (round, index) -> track.packet(round, index)
                                .build())
                        .samples(25));
    }

    @Test
    void keepsTheStageContractWithThreadsOfTheCodec() {
        var track = Track.of(small);
        StageTck.verify(
                FFmpegDecoder::new,
                Accepts.stream(track.format, (round, index) -> track.packet(round, index)
                                .build())
                        .parameters(Map.of("threads", "4"))
                        .samples(25));
    }

    @Test
    void theFormatIsTheSameInstanceWhileNothingChanges() {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < 50; i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.end();
            var format = (VideoFormat) stage.formats().single();
            assertEquals(160, format.width());
            assertEquals("yuv420p", format.pixelFormat().name());
            assertEquals(25, format.frameRate().value());
            assertEquals(50, stage.frames().size());
            for (var frame : stage.frames()) {
                assertSame(stage.frames().first().format(), frame.format());
            }
        }
    }

    @Test
    void aStreamThatChangesItsSizeIsDecodedOn() {
        var first = Track.of(small);
        var second = Track.of(large);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(first.format);
            for (int i = 0; i < 25; i++) {
                stage.feed(first.packet(0, i).build());
            }
            stage.feed(second.format);
            for (int i = 0; i < 25; i++) {
                stage.feed(second.packet(1, i).build());
            }
            stage.end();
            assertEquals(50, stage.frames().size(), "what was held came out before the change");
            assertEquals(List.of(160, 322), widths(stage));
        }
    }

    @Test
    void aChangeOfSizeWithinTheStreamItselfIsFollowed() {
        var file = directory.resolve("change.ts");
        FFmpegProgram.run(
                "-i", small.toString(), "-c", "copy", directory.resolve("1.ts").toString());
        FFmpegProgram.run(
                "-i", large.toString(), "-c", "copy", directory.resolve("2.ts").toString());
        FFmpegProgram.run(
                "-i",
                "concat:" + directory.resolve("1.ts") + "|" + directory.resolve("2.ts"),
                "-c",
                "copy",
                file.toString());
        var track = Track.of(file);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < track.size(); i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.end();
            assertEquals(75, stage.frames().size());
            assertEquals(List.of(160, 322), widths(stage));
        }
    }

    private static List<Integer> widths(StageHarness stage) {
        List<Integer> widths = new ArrayList<>();
        for (var format : stage.formats()) {
            widths.add(((VideoFormat) format).width());
        }
        return widths;
    }

    @Test
    void aStreamIsEnteredAtItsFirstKeyframeAndAskedForOne() {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 5; i < 50; i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.end();
            assertEquals(25, stage.frames().size());
            assertTrue(stage.frames().first().keyframe());
            assertEquals(20, stage.gauge("skipped"));
            assertEquals(List.of(Request.keyframe()), stage.requests(0));
        }
    }

    @Test
    void afterAFlushNothingFromBeforeComesOut() {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < 10; i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.clear();
            stage.flush(1);
            for (int i = 0; i < 25; i++) {
                stage.feed(track.packet(1, i).build());
            }
            stage.end();
            assertEquals(25, stage.frames().size());
            for (var frame : stage.frames()) {
                assertEquals(1, frame.stamp().epoch());
            }
        }
    }

    @Test
    void prerollAndDiscontinuityStayWithTheirPicture() {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < 25; i++) {
                stage.feed(
                        track.packet(0, i).preroll(i < 5).discontinuity(i == 12).build());
            }
            stage.end();
            long discontinuous = track.times.get(12)[0];
            int preroll = 0;
            for (var frame : stage.frames()) {
                assertEquals(frame.stamp().pts() == discontinuous, frame.discontinuity());
                preroll += frame.preroll() ? 1 : 0;
            }
            assertEquals(5, preroll);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4"})
    void damagedPacketsAreSteppedOverAndCounted(String threads) {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder(), Map.of("threads", threads))) {
            stage.feed(track.format);
            for (int i = 0; i < 50; i++) {
                stage.feed(
                        i == 10 || i == 11
                                ? garbage(track, i)
                                : track.packet(0, i).build());
            }
            stage.end();
            assertTrue(stage.gauge("damaged") >= 1, () -> stage.gauges().toString());
            assertFalse(stage.warnings().isEmpty());
            assertTrue(
                    stage.warnings().get(0).contains("h264"), stage.warnings().get(0));
            assertTrue(stage.frames().size() >= 45, () -> stage.frames().size() + " frames");
        }
    }

    private static Packet garbage(Track track, int index) {
        var memory = HostMemory.allocate(200);
        for (int i = 0; i < 200; i++) {
            memory.writable(0).put(i, (byte) (i * 37));
        }
        return track.packet(0, index, memory).build();
    }

    @Test
    void aStreamOfWhichNothingCanBeDecodedIsGivenUp() {
        var track = Track.of(small);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            var error = assertThrows(StageException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    var nothing = HostMemory.allocate(64);
                    stage.feed(track.packet(0, 0, nothing).pts(i).dts(i).build());
                }
            });
            assertEquals(StageException.Kind.FAILED, error.kind());
            assertTrue(error.remedy().isPresent());
            assertEquals(250, stage.gauge("damaged"));
        }
    }

    @Test
    void whatTheExceptionTellsIsNotAnErrorInTheLogToo() {
        var log = Logged.during(() -> {
            try (var stage = StageHarness.of(new FFmpegDecoder(), Map.of("ffmpeg.skip_frame", "nosuchvalue"))) {
                var problem = assertThrows(StageException.class, () -> stage.feed(Track.of(small).format));
                assertTrue(problem.getMessage().contains("nosuchvalue"), problem.getMessage());
            }
        });
        assertFalse(log.contains("ERROR"), log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuchcodec", "bin_data"})
    void aCodecThatNobodyDecodesIsRefused(String codec) {
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            var error = assertThrows(
                    StageException.class,
                    () -> stage.feed(PacketFormat.of(MediaKind.VIDEO, codec).build()));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertTrue(error.getMessage().contains(codec), error.getMessage());
        }
    }

    @Test
    void anUnknownOptionIsNamedWithTheNearestOne() {
        try (var stage = StageHarness.of(new FFmpegDecoder(), Map.of("ffmpeg.skip_frme", "nokey"))) {
            var track = Track.of(small);
            var error = assertThrows(StageException.class, () -> stage.feed(track.format));
            assertEquals("ffmpeg.skip_frme", error.parameter().orElseThrow());
            assertTrue(error.getMessage().contains("did you mean skip_frame?"), error.getMessage());
        }
    }

    @Test
    void anOptionOfTheCodecIsTaken() {
        try (var stage = StageHarness.of(new FFmpegDecoder(), Map.of("ffmpeg.skip_frame", "nokey"))) {
            var track = Track.of(small);
            stage.feed(track.format);
            for (int i = 0; i < 50; i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.end();
            assertEquals(2, stage.frames().size(), "only the keyframes");
        }
    }

    @Test
    void framesOutliveTheDecoderThatMadeThem() {
        var track = Track.of(small);
        VideoFrame frame;
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < 10; i++) {
                stage.feed(track.packet(0, i).build());
            }
            frame = stage.frames().first();
            frame.retain();
        }
        int sum = 0;
        for (int i = 0; i < frame.width(); i++) {
            sum += frame.plane(0).get(i) & 0xFF;
        }
        assertTrue(sum > 0);
        assertNotSame(0L, frame.memory().address(0));
        frame.release();
    }

    @Test
    void soundSaysItsLayout() {
        var track = Track.of(sound);
        try (var stage = StageHarness.of(new FFmpegDecoder())) {
            stage.feed(track.format);
            for (int i = 0; i < 10; i++) {
                stage.feed(track.packet(0, i).build());
            }
            stage.end();
            var format = (AudioFormat) stage.formats().single();
            assertEquals(44_100, format.sampleRate());
            assertEquals("mono", format.channelLayout());
            assertEquals(SampleFormat.FLTP, format.sampleFormat());
            assertEquals(1024, stage.audio().last().samples());
        }
    }
}
