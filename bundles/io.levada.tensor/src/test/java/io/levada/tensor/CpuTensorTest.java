/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.Placement;
import io.levada.api.media.Tensor;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.HalfFloat;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTensorTest {

    private static final Color ORANGE = new Color(230, 120, 40);

    private static StageHarness open(String... parameters) {
        var all = new HashMap<>(Map.of("width", "32", "height", "32"));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.of(new CpuTensor(), all);
    }

    private static Tensor only(StageHarness stage) {
        return (Tensor) stage.samples().single();
    }

    /** An element of a float tensor in nchw. */
    private static float at(Tensor tensor, int channel, int y, int x) {
        long index = channel * tensor.stride(1) + y * tensor.stride(2) + x * tensor.stride(3);
        return tensor.memory().plane(0).getFloat((int) index * 4);
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                CpuTensor::new,
                Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12, PixelFormat.RGB24, PixelFormat.GRAY8)
                        .parameters(Map.of("width", "32", "height", "32")),
                Accepts.video(PixelFormat.YUV444P).parameters(Map.of("width", "16", "height", "32", "batch", "3")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yuv420p",
                "yuvj420p",
                "yuv422p",
                "yuv444p",
                "nv12",
                "yuv420p10le",
                "yuv422p10le",
                "p010le",
                "rgb24",
                "bgr24",
                "rgba",
                "bgra",
                "argb"
            })
    void aColourIsTheSameOfEveryPixelFormat(String pixels) {
        var frames = Frames.of(Frames.format(48, 48, PixelFormat.of(pixels)));
        try (var stage = open()) {
            stage.feed(frames.solid(ORANGE));
            var tensor = only(stage);
            assertEquals(230 / 255.0, at(tensor, 0, 16, 16), 2 / 255.0);
            assertEquals(120 / 255.0, at(tensor, 1, 16, 16), 2 / 255.0);
            assertEquals(40 / 255.0, at(tensor, 2, 16, 16), 2 / 255.0);
        }
    }

    @ParameterizedTest
    @CsvSource({"bt709, tv", "bt709, pc", "smpte170m, tv", "smpte170m, pc", "bt2020nc, tv"})
    void whiteAndBlackAreSoInEveryRangeAndMatrix(String space, String range) {
        var format = Frames.format(32, 32, PixelFormat.YUV444P).toBuilder()
                .colorSpace(space)
                .colorRange(range)
                .build();
        int white = range.equals("tv") ? 235 : 255;
        int black = range.equals("tv") ? 16 : 0;
        try (var stage = open()) {
            var frame = Frames.of(32, 32).solid(Color.gray(white));
            stage.feed(relabelled(frame, format, PixelFormat.YUV420P));
            assertEquals(1, at(only(stage), 1, 8, 8), 0.003);
            stage.clear();
            stage.feed(relabelled(Frames.of(32, 32).at(1).solid(Color.gray(black)), format, PixelFormat.YUV420P));
            assertEquals(0, at(only(stage), 1, 8, 8), 0.003);
        }
    }

    private static io.levada.api.media.VideoFrame relabelled(
            io.levada.api.media.VideoFrame frame, VideoFormat format, PixelFormat pixels) {
        return frame.toBuilder()
                .format(format.toBuilder().pixelFormat(pixels).build())
                .build();
    }

    @Test
    void redOfHighDefinitionIsTakenForBt709AndOfLessForBt601() {
        try (var small = open("fit", "stretch");
                var large = open("fit", "stretch")) {
            small.feed(Frames.of(64, 64).solid(Color.RED));
            assertEquals(1, at(only(small), 0, 8, 8), 0.01);
            assertEquals(0, at(only(small), 1, 8, 8), 0.01);
            large.feed(Frames.of(64, 720).solid(Color.RED));
            assertEquals(24.6 / 255, at(only(large), 1, 8, 8), 0.01, "(76, 85, 255) by BT.709");
        }
    }

    @Test
    void aPixelLiesWhereTheRuleSays() {
        // A ramp of 0, 8, 16, ...: halved, element x takes from between pixels 2x and 2x+1
        var ramp =
                Frames.of(Frames.format(32, 32, PixelFormat.RGB24)).painted((x, y) -> new Color(8 * x, 8 * y, 0).rgb());
        try (var stage = open("width", "16", "height", "16", "scale", "1")) {
            stage.feed(ramp);
            for (int i = 0; i < 16; i++) {
                assertEquals(16 * i + 4, at(only(stage), 0, 3, i), 0.01);
                assertEquals(16 * i + 4, at(only(stage), 1, i, 3), 0.01);
            }
        }
    }

    @Test
    void enlargingTakesTheEdgeBeyondTheEdge() {
        var ramp = Frames.of(Frames.format(16, 16, PixelFormat.RGB24)).painted((x, y) -> new Color(16 * x, 0, 0).rgb());
        try (var stage = open("scale", "1")) {
            stage.feed(ramp);
            assertEquals(0, at(only(stage), 0, 0, 0), 0.01);
            assertEquals(4, at(only(stage), 0, 0, 1), 0.01);
            assertEquals(12, at(only(stage), 0, 0, 2), 0.01);
            assertEquals(240, at(only(stage), 0, 0, 31), 0.01);
        }
    }

    @Test
    void aLetterboxHasGreyBesideThePictureAndSaysWhereThePictureIs() {
        try (var stage = open()) {
            stage.feed(Frames.of(64, 32).solid(Color.WHITE));
            var tensor = only(stage);
            assertEquals(114 / 255.0, at(tensor, 0, 0, 0), 1e-6);
            assertEquals(114 / 255.0, at(tensor, 2, 7, 31), 1e-6);
            assertEquals(1, at(tensor, 0, 8, 0), 0.01);
            assertEquals(1, at(tensor, 0, 23, 31), 0.01);
            assertEquals(114 / 255.0, at(tensor, 0, 24, 0), 1e-6);
            var picture = tensor.format().picture();
            assertEquals(new Placement(0, 0.25, 1, 0.5), picture);
            var region = picture.region("x", 1, 0.5, 0.25, 0.75, 0.5);
            assertEquals(0.5, region.x(), 1e-9);
            assertEquals(0, region.y(), 1e-9);
            assertEquals(0.5, region.height(), 1e-9);
        }
    }

    @Test
    void aCropFillsTheTensorAndSaysWhatIsBeyond() {
        try (var stage = open("fit", "crop", "scale", "1")) {
            var left = Frames.of(Frames.format(64, 32, PixelFormat.RGB24))
                    .painted((x, y) -> (x < 16 || x >= 48 ? Color.RED : Color.BLUE).rgb());
            stage.feed(left);
            assertEquals(255, at(only(stage), 2, 16, 0), 0.01);
            assertEquals(255, at(only(stage), 2, 16, 31), 0.01);
            assertEquals(new Placement(-0.5, 0, 2, 1), only(stage).format().picture());
        }
    }

    @Test
    void halvesBytesAndInterleavedChannelsHoldTheSame() {
        var format = Frames.format(32, 32, PixelFormat.RGB24);
        try (var half = open("dtype", "f16", "layout", "nhwc", "order", "bgr");
                var bytes = open("dtype", "u8")) {
            half.feed(Frames.of(format).solid(ORANGE));
            var tensor = only(half);
            assertEquals(List.of(1L, 32L, 32L, 3L), tensor.format().shape());
            assertEquals(40 / 255f, HalfFloat.toFloat(tensor.memory().plane(0).getShort(0)), 1e-3);
            assertEquals(230 / 255f, HalfFloat.toFloat(tensor.memory().plane(0).getShort(4)), 1e-3);
            bytes.feed(Frames.of(format).solid(ORANGE));
            assertEquals(230, only(bytes).memory().plane(0).get(0) & 0xff);
            assertEquals(40, only(bytes).memory().plane(0).get(2 * 32 * 32) & 0xff);
        }
    }

    @Test
    void halvesAreRoundedToTheNearest() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertEquals((short) bits, HalfFloat.of(value), () -> value + "");
            }
        }
        assertEquals(0x3c00, HalfFloat.of(1 + 0x1p-11f), "a tie goes to the even one");
        assertEquals(0x3c02, HalfFloat.of(1 + 3 * 0x1p-11f));
        assertEquals(0x7c00, HalfFloat.of(65520));
    }

    @Test
    void meanAndDeviationAreOfRedGreenAndBlue() {
        try (var stage = open("mean", "0.485, 0.456, 0.406", "std", "0.229, 0.224, 0.225")) {
            stage.feed(Frames.of(Frames.format(32, 32, PixelFormat.RGB24)).solid(Color.WHITE));
            assertEquals((1 - 0.485) / 0.229, at(only(stage), 0, 0, 0), 1e-4);
            assertEquals((1 - 0.406) / 0.225, at(only(stage), 2, 0, 0), 1e-4);
        }
    }

    @Test
    void aBatchKnowsTheFrameOfEachRowAndItsRestComesOutAtTheEnd() {
        var frames = Frames.of(32, 32);
        try (var stage = open("batch", "2")) {
            for (int i = 0; i < 3; i++) {
                stage.feed(frames.solid(Color.gray(50 * i)));
            }
            assertEquals(1, stage.samples().size());
            stage.end();
            var batch = (Tensor) stage.samples().list().get(0);
            var rest = (Tensor) stage.samples().last();
            assertEquals(
                    List.of(0L, 1L), batch.rows().stream().map(row -> row.pts()).toList());
            assertEquals(50 / 255.0, batch.memory().plane(0).getFloat(3 * 32 * 32 * 4), 0.01);
            assertEquals(1L, rest.format().shape().get(0));
            assertEquals(2, rest.stamp().pts());
        }
    }

    @Test
    void whatCanNotBeIsSaidWithAWayOut() {
        var device = VideoFormat.of(64, 64, PixelFormat.NV12)
                .memory(io.levada.api.media.Memory.Kind.CUDA)
                .build();
        try (var stage = open()) {
            var fault = assertThrows(StageException.class, () -> stage.feed(device));
            assertTrue(fault.remedy().orElse("").contains("gpu.download"), fault::toString);
        }
        var numbers = assertThrows(StageException.class, () -> open("mean", "1 2"));
        assertEquals("mean", numbers.parameter().orElse(""));
        assertThrows(StageException.class, () -> open("scale", "one"));
        assertThrows(StageException.class, () -> open("std", "0"));
        assertThrows(StageException.class, () -> open("width", "8192", "height", "8192", "batch", "100"));
    }
}
