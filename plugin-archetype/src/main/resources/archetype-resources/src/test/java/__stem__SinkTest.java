package ${package};

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ${stem}SinkTest {

    @TempDir
    Path folder;

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                ${stem}Sink::new,
                Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12)
                        .parameters(Map.of("path", file().toString(), "every", "3")));
    }

    @Test
    void theFileHoldsThePicture() throws IOException {
        try (var stage = StageHarness.of(new ${stem}Sink(), Map.of("path", file().toString()))) {
            stage.feed(Frames.solid(98, 50, Color.WHITE));
            var bytes = Files.readAllBytes(file());
            var header = "P5\n98 50\n255\n".getBytes(StandardCharsets.US_ASCII);
            assertArrayEquals(header, Arrays.copyOf(bytes, header.length));
            assertEquals(header.length + 98 * 50, bytes.length);
            for (int i = header.length; i < bytes.length; i++) {
                assertEquals((byte) 255, bytes[i], "byte " + i);
            }
        }
    }

    @Test
    void everyNthPictureIsWritten() {
        try (var stage = StageHarness.of(new ${stem}Sink(), Map.of("path", file().toString(), "every", "4"))) {
            var frames = Frames.of(64, 48);
            for (int i = 0; i < 9; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            assertEquals(3, stage.gauge("written"));
        }
    }

    @Test
    void aPictureWithoutBrightnessIsRefusedWithARemedy() {
        try (var stage = StageHarness.of(new ${stem}Sink())) {
            var refused = assertThrows(
                    StageException.class, () -> stage.feed(Frames.format(64, 48, PixelFormat.RGB24)));
            assertTrue(refused.remedy().isPresent());
        }
    }

    private Path file() {
        return folder.resolve("snapshot.pgm");
    }
}
