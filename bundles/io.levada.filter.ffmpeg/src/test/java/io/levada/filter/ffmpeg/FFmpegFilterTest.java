/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.MediaKind;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.FrameHash;
import io.levada.ffmpeg.test.Logged;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.testkit.Accepts;
import io.levada.testkit.AudioFrames;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FFmpegFilterTest {

    private static Map<String, String> filters(String filters) {
        return Map.of("filters", filters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "hflip,scale=32:24", "fps=5", "vflip"})
    void keepsTheStageContractWithPictures(String filters) {
        StageTck.verify(
                FFmpegFilter::new,
                Accepts.video(PixelFormat.YUV420P, PixelFormat.RGB24)
                        .parameters(filters(filters))
                        .samples(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anull", "volume=0.5", "aresample=16000,asetnsamples=320"})
    void keepsTheStageContractWithSound(String filters) {
        StageTck.verify(
                FFmpegFilter::new,
                Accepts.audio(SampleFormat.FLTP, SampleFormat.S16).parameters(filters(filters)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"scale=160:-2", "hqdn3d,format=nv12", "crop=99:77:3:5,format=yuv444p", "vflip", "transpose=1"})
    void picturesAreThoseOfTheProgram(String filters, @TempDir Path directory) {
        var file = directory.resolve("clip.mkv");
        FFmpegProgram.run(
                "-f", "lavfi", "-i", "testsrc2=size=322x242:rate=25:duration=1", "-c:v", "libx264", file.toString());
        var expected = FFmpegProgram.run(
                        "-i", file.toString(), "-vf", filters, "-fps_mode", "passthrough", "-f", "framemd5", "-")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
        List<String> hashes = new ArrayList<>();
        try (var media = MediaFile.open(file);
                var decoder = StageHarness.of(new FFmpegDecoder());
                var filter = StageHarness.of(new FFmpegFilter(), filters(filters))) {
            int stream = media.first(MediaKind.VIDEO);
            decoder.feed(media.formats().get(stream));
            for (var packet = media.next(stream); packet != null; packet = media.next(stream)) {
                decoder.feed(packet);
            }
            decoder.end();
            for (var frame : decoder.frames()) {
                frame.retain();
                filter.feed(frame);
            }
            filter.end();
            filter.frames().forEach(frame -> hashes.add(FrameHash.of(frame)));
        }
        assertEquals(expected, hashes);
    }

    @Test
    void theFormatIsThatOfWhatComesOut() {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters("scale=32:24,fps=5,format=gray"))) {
            var frames = Frames.of(64, 48);
            for (int i = 0; i < 25; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            stage.end();
            var format = (VideoFormat) stage.formats().single();
            assertEquals(32, format.width());
            assertEquals(24, format.height());
            assertEquals(PixelFormat.GRAY8, format.pixelFormat());
            assertEquals(new Rational(5, 1), format.frameRate());
            assertEquals(5, stage.frames().size());
        }
    }

    @Test
    void eachFrameCarriesTheStampOfTheFrameItWasMadeOf() {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters("settb=1/1000,setpts=PTS"))) {
            var frames = Frames.of(64, 48).at(100);
            for (int i = 0; i < 10; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            stage.end();
            for (int i = 0; i < 10; i++) {
                var frame = stage.frames().get(i);
                assertEquals(100 + i, frame.stamp().pts());
                assertEquals((100 + i) * 40, frame.pts(), "milliseconds");
            }
        }
    }

    @Test
    void aLowerFrameRateKeepsStampsThatRise() {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters("fps=10"))) {
            var frames = Frames.of(64, 48);
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            stage.end();
            assertEquals(20, stage.frames().size());
            VideoFrame before = null;
            for (var frame : stage.frames()) {
                long nanos = frame.format().timeBase().toNanos(frame.pts());
                assertTrue(Math.abs(frame.stamp().runningTime() - nanos) <= 60_000_000, frame::toString);
                assertTrue(
                        before == null || frame.stamp().pts() > before.stamp().pts());
                before = frame;
            }
        }
    }

    @Test
    void framesThatNothingChangesStayWhereTheyAre() {
        var packed = VideoFormat.of(64, 48, PixelFormat.YUV420P);
        try (var first = StageHarness.of(new FFmpegFilter(), filters("scale=64:48,format=nv12"));
                var second = StageHarness.of(new FFmpegFilter(), filters("null"))) {
            first.feed(Frames.of(64, 48).solid(Color.GRAY));
            first.end();
            var made = first.frames().single();
            made.retain();
            second.feed(made);
            assertEquals(
                    made.memory().address(0),
                    second.frames().single().memory().address(0),
                    () -> "no copy of " + packed);
        }
    }

    @Test
    void soundIsResampled() {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters("aresample=16000,aformat=channel_layouts=mono"))) {
            var frames = AudioFrames.stereo();
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.sine(440, 960));
            }
            stage.end();
            var format = (AudioFormat) stage.formats().single();
            assertEquals(16_000, format.sampleRate());
            assertEquals("mono", format.channelLayout());
            long samples = 0;
            for (AudioFrame frame : stage.audio()) {
                samples += frame.samples();
            }
            assertEquals(16_000, samples, 20);
        }
    }

    @Test
    void theChainIsMadeAnewWhenTheFormatChanges() {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters("scale=iw/2:ih/2"))) {
            stage.feed(Frames.of(64, 48).solid(Color.GRAY), Frames.of(128, 96).solid(Color.GRAY));
            assertEquals(32, stage.frames().first().width());
            assertEquals(64, stage.frames().last().width());
            assertEquals(2, stage.formats().size());
        }
    }

    @Test
    void anUnknownFilterIsNamedWithTheNearestOne() {
        var error = refused("scal=640:-2");
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("filters", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains("there is no filter scal;"), error.getMessage());
        assertTrue(error.getMessage().contains("did you mean scale?"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"scale=widht=640", "scale=wide:high", "split", "[in]split[a][b]", "volume=2", "crop=9999:9999"})
    void whatIsWrongIsSaidInLibavfiltersWords(String filters) {
        var errors = new ArrayList<StageException>();
        var log = Logged.during(() -> errors.add(refused(filters)));
        var error = errors.get(0);
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("filters", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains(filters), error.getMessage());
        String remedy = filters.contains("split") ? "one input and one output" : "ffmpeg-filters.html";
        assertTrue(error.remedy().orElseThrow().contains(remedy), error.toString());
        assertFalse(log.contains("ERROR"), log);
    }

    private static StageException refused(String filters) {
        try (var stage = StageHarness.of(new FFmpegFilter(), filters(filters))) {
            return assertThrows(
                    StageException.class, () -> stage.feed(Frames.of(64, 48).solid(Color.GRAY)));
        }
    }

    @Test
    void missingFiltersAreNamed() {
        var error = assertThrows(StageException.class, () -> StageHarness.of(new FFmpegFilter(), filters(" ")));
        assertSame(StageException.Kind.INVALID, error.kind());
        assertEquals("filters", error.parameter().orElseThrow());
    }
}
