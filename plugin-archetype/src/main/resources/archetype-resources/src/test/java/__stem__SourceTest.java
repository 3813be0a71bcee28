package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.VirtualClock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ${stem}SourceTest {

    @Test
    void keepsTheStageContract() {
        StageTck.verify(${stem}Source::new, Accepts.nothing().parameters(Map.of("width", "98", "height", "50")));
    }

    @Test
    void thePictureHasTheSizeAndRateAskedFor() {
        try (var stage = StageHarness.of(new ${stem}Source(), Map.of("width", "98", "height", "50", "rate", "10"))) {
            stage.produce("video", 1);
            var format = (VideoFormat) stage.track("video").formats().single();
            assertEquals(98, format.width());
            assertEquals(50, format.height());
            assertEquals(10, format.frameRate().value(), 0.001);
        }
    }

    @Test
    void thePictureFadesFromBlackToWhiteWithinASecond() {
        try (var stage = StageHarness.of(new ${stem}Source())) {
            stage.produce("video", 25);
            var frames = stage.track("video").frames();
            assertEquals(0, luma(frames.get(0)));
            assertEquals(255, luma(frames.get(24)));
            for (int i = 1; i < 25; i++) {
                assertTrue(luma(frames.get(i)) > luma(frames.get(i - 1)), "picture " + i);
            }
        }
    }

    @Test
    void itIsPacedByTheClock() {
        var clock = VirtualClock.automatic();
        try (var stage = StageHarness.with(new ${stem}Source()).clock(clock).open()) {
            stage.produce("video", 26);
            var frames = stage.track("video").frames();
            assertEquals(
                    1_000_000_000,
                    frames.get(25).stamp().captured() - frames.get(0).stamp().captured(),
                    1_000_000);
        }
    }

    private static int luma(VideoFrame frame) {
        return frame.plane(0).get(0) & 0xFF;
    }
}
