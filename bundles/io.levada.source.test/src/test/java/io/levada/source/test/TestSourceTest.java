/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.VirtualClock;
import java.lang.reflect.Proxy;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestSourceTest {

    private static Map<String, String> parameters(String... pairs) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return all;
    }

    private static StageHarness source(String... pairs) {
        return StageHarness.of(new TestSource(), parameters(pairs));
    }

    private static void toTheEnd(StageHarness stage) {
        while (stage.produce()) {
            // each call brings a frame
        }
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(TestSource::new, Accepts.nothing().parameters(parameters("size", "64x48", "duration", "1 s")));
    }

    @Test
    void pictureAndToneHaveTheSizeAndRateAskedFor() {
        try (var stage = source(
                "size",
                "320x180",
                "rate",
                "30000/1001",
                "pixel-format",
                "nv12",
                "sample-rate",
                "44100",
                "channels",
                "1",
                "duration",
                "2 s")) {
            toTheEnd(stage);
            var video = (VideoFormat) stage.track("video").formats().single();
            assertEquals(320, video.width());
            assertEquals(180, video.height());
            assertEquals(PixelFormat.NV12, video.pixelFormat());
            assertEquals(29.97, video.frameRate().value(), 0.01);
            assertEquals(60, stage.track("video").frames().size());
            var audio = (AudioFormat) stage.track("audio").formats().single();
            assertEquals(44_100, audio.sampleRate());
            assertEquals(1, audio.channels());
            assertEquals(SampleFormat.FLTP, audio.sampleFormat());
            long samples = 0;
            for (var frame : stage.track("audio").audio()) {
                samples += frame.samples();
            }
            assertEquals(88_200, samples, 1024);
        }
    }

    @Test
    void thePictureMovesAndTheToneHasItsPitch() {
        try (var stage = source("tone", "1000", "duration", "1 s", "size", "64x48")) {
            toTheEnd(stage);
            var frames = stage.track("video").frames();
            assertNotEquals(
                    frames.get(0).plane(0).duplicate(), frames.get(12).plane(0).duplicate(), "no frozen picture");
            int crossings = 0;
            float before = 0;
            for (var frame : stage.track("audio").audio()) {
                var samples = frame.plane(0)
                        .duplicate()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
                while (samples.hasRemaining()) {
                    float sample = samples.get();
                    crossings += before < 0 && sample >= 0 ? 1 : 0;
                    before = sample;
                }
            }
            assertEquals(1000, crossings, 30);
        }
    }

    @Test
    void bothTracksArePacedByTheClockInOneRunningTime() {
        var clock = VirtualClock.automatic();
        try (var stage = StageHarness.with(new TestSource())
                .parameters(parameters("duration", "2 s", "size", "64x48"))
                .clock(clock)
                .open()) {
            toTheEnd(stage);
            for (var track : new String[] {"video", "audio"}) {
                for (var sample : stage.track(track).samples()) {
                    assertEquals(
                            sample.stamp().runningTime(),
                            sample.stamp().captured() - VirtualClock.NANO_START,
                            1_000_000,
                            track);
                }
            }
        }
    }

    @Test
    void fastWaitsForNobodyAndIsNotLive() {
        var clock = VirtualClock.automatic();
        var source = new TestSource();
        try (var stage = StageHarness.with(source)
                .parameters(parameters("duration", "1 s", "pace", "fast", "size", "64x48"))
                .clock(clock)
                .open()) {
            toTheEnd(stage);
            assertEquals(VirtualClock.NANO_START, clock.nanoTime());
            assertFalse(source.live());
        }
    }

    /** As the platform opens it while another one still plays, whose end it learns only then. */
    private static final class TakingOver implements Source {

        private final TestSource source = new TestSource();
        private long end;
        private int epoch;

        @Override
        public void open(StageContext context) throws StageException {
            source.open((StageContext) Proxy.newProxyInstance(
                    StageContext.class.getClassLoader(),
                    new Class<?>[] {StageContext.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "runningStart" -> end;
                        case "firstEpoch" -> epoch;
                        default -> method.invoke(context, arguments);
                    }));
        }

        @Override
        public boolean produce(Outputs outputs) throws StageException {
            return source.produce(outputs);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    @Test
    void oneThatTakesOverBeginsWhereTheOtherHasEnded() {
        var source = new TakingOver();
        try (var stage = StageHarness.with(source)
                .parameters(parameters("duration", "1 s", "pace", "fast", "tone", "0", "size", "64x48"))
                .open()) {
            source.end = 5_000_000_000L;
            source.epoch = 3;
            toTheEnd(stage);
            var first = stage.track("video").frames().get(0).stamp();
            assertEquals(5_000_000_000L, first.runningTime());
            assertEquals(3, first.epoch());
        }
    }

    @Test
    void anyFilterGraphMakesASignal() {
        try (var stage = source(
                "video", "life=size=64x48:rate=10,scale=128:96,format=yuv420p",
                "audio", "anoisesrc=sample_rate=16000:color=pink,aformat=channel_layouts=mono",
                "duration", "1 s")) {
            toTheEnd(stage);
            assertEquals(128, stage.track("video").frames().get(0).width());
            assertEquals(10, stage.track("video").frames().size());
            assertEquals(16_000, stage.track("audio").audio().get(0).format().sampleRate());
        }
    }

    @Test
    void eitherTrackCanBeLeftOut() {
        try (var stage = source("tone", "0", "duration", "1 s")) {
            toTheEnd(stage);
            assertEquals(0, stage.track("audio").items().size());
            assertEquals(25, stage.track("video").frames().size());
        }
        try (var stage = source("pattern", "none", "duration", "1 s")) {
            toTheEnd(stage);
            assertEquals(0, stage.track("video").items().size());
            assertTrue(stage.track("audio").audio().size() > 40);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pattern | testsrc9 | pattern | testsrc9",
                "size | huge | size | huge",
                "size | 1x1,movie=/etc/passwd | size | is not like 640x360",
                "rate | -1 | rate | is not like",
                "rate | 1000000000 | rate | 1000000000",
                "rate | 1001 | rate | 1001",
                "video | testsrc2=rate=5000 | video | 5000",
                "size | 8194x16 | size | 8194x16",
                "size | 99999x99999 | size | 99999x99999",
                "size | 16x8194 | size | 16x8194",
                "pixel-format | yuv421p | pixel-format | is not like yuv420p",
                "video | testsrc2,scael=2 | video | scael",
                "video | sine | video | sine",
                "audio | testsrc2 | audio | testsrc2",
                "duration | soon | duration | soon"
            })
    void aParameterThatCanNotWorkIsNamedWithFFmpegsWords(String key, String value, String blamed, String words) {
        var problem =
                assertThrows(StageException.class, () -> source(key, value).close());
        assertEquals(StageException.Kind.INVALID, problem.kind());
        assertEquals(blamed, problem.parameter().orElseThrow());
        assertTrue(problem.getMessage().contains(words), problem.getMessage());
        assertTrue(problem.remedy().isPresent(), problem.getMessage());
    }

    @Test
    void theHighestRateIsTaken() {
        try (var stage = source("rate", "1000", "size", "64x48", "tone", "0", "pace", "fast", "duration", "20 ms")) {
            toTheEnd(stage);
            assertEquals(20, stage.track("video").frames().size());
        }
    }

    @Test
    void nothingAtAllIsInvalid() {
        var problem = assertThrows(StageException.class, () -> source("pattern", "none", "tone", "0"));
        assertEquals(StageException.Kind.INVALID, problem.kind());
    }
}
