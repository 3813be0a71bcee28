package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.PixelFormat;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ${stem}AnalyzerTest {

    @Test
    void keepsTheStageContract() {
        StageTck.verify(${stem}Analyzer::new, Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12));
    }

    @Test
    void whiteIsOneAndBlackIsZero() {
        try (var stage = StageHarness.of(new ${stem}Analyzer())) {
            stage.feed(Frames.solid(64, 48, Color.WHITE), Frames.solid(64, 48, Color.BLACK));
            assertEquals(1.0, stage.events().get(0).number("level"), 0.01);
            assertEquals(0.0, stage.events().get(1).number("level"), 0.01);
        }
    }

    @Test
    void halfOfThePictureCountsForAHalf() {
        try (var stage = StageHarness.of(new ${stem}Analyzer(), Map.of("step", "1"))) {
            stage.feed(Frames.of(64, 64).square(32, 0, 64, Color.WHITE, Color.BLACK));
            assertEquals(0.5, stage.events().single().number("level"), 0.01);
        }
    }

    @Test
    void itsStepIsChangedWhileItRuns() {
        try (var stage = StageHarness.of(new ${stem}Analyzer(), Map.of("step", "1"))) {
            stage.feed(Frames.of(64, 48).square(0, 0, 1, Color.WHITE, Color.BLACK));
            assertTrue(stage.reconfigure(Map.of("step", "64")));
            stage.feed(Frames.of(64, 48).square(0, 0, 1, Color.WHITE, Color.BLACK));
            assertEquals(0.0, stage.events().get(0).number("level"), 0.01);
            assertEquals(1.0, stage.events().get(1).number("level"), 0.01);
        }
    }

    @Test
    void aPictureWithoutBrightnessIsRefusedWithARemedy() {
        try (var stage = StageHarness.of(new ${stem}Analyzer())) {
            var refused = assertThrows(
                    StageException.class, () -> stage.feed(Frames.format(64, 48, PixelFormat.RGB24)));
            assertTrue(refused.remedy().isPresent());
        }
    }
}
