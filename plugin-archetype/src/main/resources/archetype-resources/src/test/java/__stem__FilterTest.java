package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ${stem}FilterTest {

    @Test
    void keepsTheStageContract() {
        StageTck.verify(${stem}Filter::new, Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12));
    }

    @Test
    void aGainOfTwoIsTwiceAsBrightAndTheFirstPictureStaysAsItWas() {
        var frame = Frames.solid(64, 48, Color.gray(50));
        frame.retain();
        try (var stage = StageHarness.of(new ${stem}Filter(), Map.of("gain", "2"))) {
            stage.feed(frame);
            assertEquals(100, luma(stage.frames().single()), 1);
            assertEquals(50, luma(frame), 1);
            frame.release();
        }
    }

    @Test
    void nothingIsBrighterThanWhite() {
        try (var stage = StageHarness.of(new ${stem}Filter(), Map.of("gain", "8"))) {
            stage.feed(Frames.solid(64, 48, Color.gray(200)));
            assertEquals(255, luma(stage.frames().single()));
        }
    }

    @Test
    void aGainOfOneCopiesNothing() {
        var frame = Frames.solid(64, 48, Color.GRAY);
        var memory = frame.memory();
        try (var stage = StageHarness.of(new ${stem}Filter(), Map.of("gain", "1"))) {
            stage.feed(frame);
            assertSame(memory, stage.frames().single().memory());
        }
    }

    @Test
    void aPictureWithoutBrightnessIsRefusedWithARemedy() {
        try (var stage = StageHarness.of(new ${stem}Filter())) {
            var refused = assertThrows(
                    StageException.class, () -> stage.feed(Frames.format(64, 48, PixelFormat.RGB24)));
            assertTrue(refused.remedy().isPresent());
        }
    }

    private static int luma(VideoFrame frame) {
        return frame.plane(0).get(0) & 0xFF;
    }
}
