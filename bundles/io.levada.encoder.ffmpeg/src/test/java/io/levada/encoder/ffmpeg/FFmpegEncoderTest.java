/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.Logged;
import io.levada.testkit.Accepts;
import io.levada.testkit.AudioFrames;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FFmpegEncoderTest {

    @Test
    void keepsTheStageContractWithPictures() {
        StageTck.verify(FFmpegEncoder::new, Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12, PixelFormat.RGB24));
    }

    @Test
    void keepsTheStageContractWhenItReordersAndLooksAhead() {
        StageTck.verify(
                FFmpegEncoder::new,
                Accepts.video(PixelFormat.YUV420P)
                        .samples(60)
                        .parameters(Map.of("latency", "normal", "preset", "veryfast")));
    }

    @Test
    void keepsTheStageContractWithSound() {
        StageTck.verify(FFmpegEncoder::new, Accepts.audio(SampleFormat.FLTP, SampleFormat.S16));
        StageTck.verify(FFmpegEncoder::new, Accepts.audio(SampleFormat.FLTP).parameters(Map.of("codec", "opus")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264", "libopenh264", "hevc", "vp9", "vp8", "av1", "libaom-av1", "mpeg2video"})
    void aKeyframeComesWhenAConsumerAsksForIt(String codec) {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("codec", codec, "gop", "1000"))) {
            var frames = Frames.of(192, 128);
            for (int i = 0; i < 40; i++) {
                if (i == 20) {
                    assertTrue(stage.request(Request.keyframe()));
                }
                stage.feed(frames.square(2 * i, 20, 40, Color.YELLOW, Color.GRAY));
            }
            stage.end();
            var keyframes = stage.packets().where(Packet::keyframe);
            assertEquals(List.of(0L, 20L), times(keyframes), codec);
        }
    }

    @Test
    void manyWhoAskForKeyframesAtOnceGetOneAndThenNoMoreForAQuarterOfASecond() {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("gop", "1000"))) {
            var frames = Frames.of(64, 64);
            for (int i = 0; i < 25; i++) {
                stage.request(Request.keyframe());
                stage.request(Request.keyframe());
                stage.feed(frames.square(i, 8, 16, Color.YELLOW, Color.GRAY));
            }
            stage.end();
            assertEquals(List.of(0L, 6L, 12L, 18L, 24L), times(stage.packets().where(Packet::keyframe)));
        }
    }

    @Test
    void aKeyframeAskedForAmongKeyframesIsNoWarning() {
        var log = Logged.during(() -> {
            try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("gop", "1"))) {
                var frames = Frames.of(64, 64);
                for (int i = 0; i < 25; i++) {
                    stage.request(Request.keyframe());
                    stage.feed(frames.square(i, 8, 16, Color.YELLOW, Color.GRAY));
                }
                stage.end();
                assertEquals(25, stage.packets().where(Packet::keyframe).size());
            }
        });
        assertFalse(log.contains("WARN"), log);
    }

    private static List<Long> times(Iterable<Packet> packets) {
        return StreamSupport.stream(packets.spliterator(), false)
                .map(packet -> packet.stamp().pts())
                .toList();
    }

    @Test
    void atLowLatencyEachFrameComesOutAtOnce() {
        for (var codec : List.of("h264", "hevc", "vp9", "vp8", "libopenh264", "mjpeg", "libaom-av1")) {
            try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("codec", codec))) {
                var frames = Frames.of(64, 64);
                for (int i = 1; i <= 5; i++) {
                    stage.feed(frames.square(i, 8, 16, Color.YELLOW, Color.GRAY));
                    assertEquals(i, stage.packets().size(), codec);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2 s, 50", "10, 10", "400 ms, 10"})
    void theGopIsATimeOrACountOfFrames(String gop, int distance) {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("gop", gop))) {
            var frames = Frames.of(64, 64);
            for (int i = 0; i < 101; i++) {
                stage.feed(frames.square(i / 4, 8, 16, Color.YELLOW, Color.GRAY));
            }
            stage.end();
            var keyframes = times(stage.packets().where(Packet::keyframe));
            assertEquals(List.of(0L, (long) distance), keyframes.subList(0, 2));
        }
    }

    @Test
    void theFormatSaysWhatMuxersAndReadersNeed() {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("profile", "main", "latency", "normal"))) {
            stage.feed(Frames.of(320, 180).solid(Color.GRAY));
            var format = (PacketFormat) stage.formats().single();
            assertEquals("h264", format.codec());
            assertEquals(320, format.width());
            assertEquals(new Rational(25, 1), format.frameRate());
            assertTrue(format.extradata().remaining() > 8, "parameter sets");
        }
        try (var stage = StageHarness.of(new FFmpegEncoder())) {
            stage.feed(AudioFrames.stereo().sine(440, 1024));
            var format = (PacketFormat) stage.formats().single();
            assertEquals("aac", format.codec());
            assertTrue(format.extradata().remaining() >= 2, "AudioSpecificConfig");
            assertEquals(new TimeBase(1, 48_000), format.timeBase());
            assertEquals("1024", format.details().get("frame_size"));
        }
    }

    @Test
    void x264FollowsTheBitRateThatItsPathCarries() {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("bitrate", "4M", "rc", "cbr"))) {
            long before = noise(stage, 0, 50);
            assertTrue(stage.request(Request.bitrate(400_000)));
            noise(stage, 50, 25); // the rate control needs its second to settle
            long after = noise(stage, 75, 50);
            assertTrue(before > 4 * after, before + " bytes, then " + after);
        }
    }

    @Test
    void x264TakesAnotherBitRateFromTheUserWhileItRuns() {
        var parameters = Map.of("bitrate", "4M");
        try (var stage = StageHarness.of(new FFmpegEncoder(), parameters)) {
            long before = noise(stage, 0, 50);
            assertTrue(stage.reconfigure(Map.of("bitrate", "500k")));
            noise(stage, 50, 50);
            long after = noise(stage, 100, 50);
            assertTrue(before > 4 * after, before + " bytes, then " + after);
            assertFalse(stage.reconfigure(Map.of("bitrate", "500k", "codec", "hevc")));
        }
    }

    @Test
    void otherCodecsPassARequestForABitRateOn() {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("codec", "vp8", "bitrate", "1M"))) {
            stage.feed(Frames.of(64, 64).solid(Color.GRAY));
            assertFalse(stage.request(Request.bitrate(400_000)));
        }
        try (var stage = StageHarness.of(new FFmpegEncoder())) {
            stage.feed(Frames.of(64, 64).solid(Color.GRAY));
            assertFalse(stage.request(Request.bitrate(400_000)), "quality was asked for, not a bit rate");
        }
    }

    private static long noise(StageHarness stage, int start, int count) {
        var frames = Frames.of(160, 120).at(start);
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            stage.feed(frames.noise(start + i));
            for (var packet : stage.packets()) {
                bytes += packet.size();
            }
            stage.clear();
        }
        return bytes;
    }

    @Test
    void framesOfUnknownRateAreEncodedUnderTheirOwnTimes() {
        var format = Frames.format(64, 64, PixelFormat.YUV420P).toBuilder()
                .frameRate(Rational.UNKNOWN)
                .timeBase(TimeBase.NANOS)
                .build();
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("bitrate", "1M"))) {
            var frames = Frames.of(format);
            for (long nanos : List.of(0L, 40_000_000L, 45_000_000L, 300_000_000L)) {
                stage.feed(frames.at(nanos).solid(Color.GRAY));
            }
            stage.end();
            assertEquals(
                    List.of(0L, 3600L, 4050L, 27_000L),
                    StreamSupport.stream(stage.packets().spliterator(), false)
                            .map(Sample::pts)
                            .toList());
        }
    }

    @Test
    void aHoleInTheSoundStaysAHole() {
        try (var stage = StageHarness.of(new FFmpegEncoder(), Map.of("codec", "pcm_s16le"))) {
            var frames = AudioFrames.stereo();
            stage.feed(frames.sine(440, 960), frames.sine(440, 960));
            stage.feed(frames.at(48_000).sine(440, 960));
            stage.end();
            assertEquals(48_000, stage.packets().last().pts());
        }
    }

    @Test
    void anUnknownCodecIsNamedWithTheNearestOne() {
        var error = assertThrows(StageException.class, () -> encode(Map.of("codec", "libx246")));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("codec", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains("did you mean libx264?"), error.getMessage());
    }

    @Test
    void anAudioCodecForPicturesIsRefused() {
        var error = assertThrows(StageException.class, () -> encode(Map.of("codec", "opus")));
        assertEquals("codec", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains("does not encode video"), error.getMessage());
    }

    @Test
    void anUnknownOptionIsNamedWithTheNearestOne() {
        var error = assertThrows(StageException.class, () -> encode(Map.of("ffmpeg.preste", "fast")));
        assertEquals("ffmpeg.preste", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains("did you mean preset?"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264", "hevc"})
    void aWrongPresetIsNamedWithTheNearestOne(String codec) {
        var error = assertThrows(StageException.class, () -> encode(Map.of("codec", codec, "preset", "ultrafats")));
        assertEquals("preset", error.parameter().orElseThrow());
        assertEquals("there is no preset ultrafats; did you mean ultrafast?", error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "h264, profile, hihg, libx264 knows no profile 'hihg'",
        "hevc, profile, hihg, libx265 knows no profile 'hihg'",
        "vp9, profile, hihg, libvpx-vp9 knows no profile 'hihg'",
        "libopenh264, profile, hihg, libopenh264 knows no profile 'hihg'",
        "vp9, preset, ultrafats, libvpx-vp9 knows no preset 'ultrafats'",
        "av1, preset, ultrafats, libsvtav1 knows no preset 'ultrafats'",
        "h264, ffmpeg.profile, hihg, libx264 knows no profile 'hihg'",
        "h264, ffmpeg.tune, grainy, libx264 knows no tune 'grainy'",
        "h264, ffmpeg.b, many, libx264 knows no b 'many'",
        "mjpeg, bframes, 16, mjpeg does not take 16 B-frames in a row",
    })
    void aValueThatTheCodecDoesNotKnowNamesItsParameter(String codec, String parameter, String value, String message) {
        var error = assertThrows(StageException.class, () -> encode(Map.of("codec", codec, parameter, value)));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals(parameter, error.parameter().orElse("none"));
        assertEquals(message, error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "h264_nvenc, no NVIDIA driver or GPU, take libx264 or leave codec = h264",
        "hevc_nvenc, no NVIDIA driver or GPU, take libx265 or leave codec = hevc",
        "h264_v4l2m2m, no device, take libx264 or leave codec = h264",
        "h264_vaapi, '', take libx264 or leave codec = h264",
    })
    void anEncoderWithoutItsDeviceNamesTheCodecAndWhatToTakeInstead(String codec, String cause, String instead) {
        assumeFalse(Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/video11")), "it is there");
        var error = assertThrows(StageException.class, () -> encode(Map.of("codec", codec)));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("codec", error.parameter().orElse("none"));
        var remedy = error.remedy().orElseThrow();
        assertTrue(remedy.contains(cause) && remedy.endsWith(instead), remedy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264_nvenc", "hevc_nvenc", "av1_nvenc"})
    void ofTheSharedParametersNvencTakesEach(String codec) {
        assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "it is there");
        for (var parameter : List.of(
                Map.of("preset", "veryfast"),
                Map.of("preset", "p7"),
                Map.of("latency", "normal"),
                Map.of("bitrate", "2M", "rc", "cbr"),
                Map.of("bitrate", "2M", "rc", "crf"),
                Map.of("gop", "50", "bframes", "0"))) {
            var all = new HashMap<String, String>(parameter);
            all.put("codec", codec);
            var error = assertThrows(StageException.class, () -> encode(all));
            assertEquals("codec", error.parameter().orElse("none"), parameter + ": " + error.getMessage()); // no device
        }
    }

    @Test
    void whatOnlyTheCodecKnowsIsExplainedInItsWords() {
        var error = assertThrows(StageException.class, () -> encode(Map.of("ffmpeg.crf", "often")));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertTrue(error.getMessage().contains("crf"), error.getMessage());
    }

    @Test
    void aWrongQuantityNamesItsParameter() {
        assertEquals("bitrate", parameterOf(Map.of("bitrate", "fast")));
        assertEquals("gop", parameterOf(Map.of("gop", "often")));
        assertEquals("bitrate", parameterOf(Map.of("rc", "cbr")));
        assertEquals("ffmpeg.pix_fmt", parameterOf(Map.of("ffmpeg.pix_fmt", "yuv999p")));
        assertEquals("preset", parameterOf(Map.of("codec", "mjpeg", "preset", "fast")));
    }

    private static String parameterOf(Map<String, String> parameters) {
        return assertThrows(StageException.class, () -> encode(parameters))
                .parameter()
                .orElse("none");
    }

    private static void encode(Map<String, String> parameters) {
        try (var stage = StageHarness.of(new FFmpegEncoder(), parameters)) {
            stage.feed(Frames.of(64, 64).solid(Color.GRAY));
        }
    }

    @Test
    void packedSoundOfNoKnownLayoutIsTakenForTheUsualOne() {
        var format = AudioFormat.of(44_100, 2, SampleFormat.S16).build();
        try (var stage = StageHarness.of(new FFmpegEncoder())) {
            var frames = AudioFrames.of(format);
            stage.feed(frames.sine(440, 2048), frames.sine(440, 2048));
            stage.end();
            assertEquals("stereo", ((PacketFormat) stage.formats().single()).channelLayout());
            assertTrue(stage.packets().size() >= 4);
        }
    }
}
