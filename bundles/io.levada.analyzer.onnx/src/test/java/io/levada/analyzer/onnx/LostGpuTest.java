/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.stage.StageException;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of models whose GPU is lost, or hangs. The CPU runs them in its place here. */
class LostGpuTest {

    /** No machine has it, so that nothing but what is meant works there. */
    private static final int INDEX = 63;

    private static final String REASON = "GPU 63 is lost: an illegal memory access in yard/culprit";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long HANGS_NANOS = 1_000_000_000;

    private final LosableGpu gpu = new LosableGpu();
    private final Models models = new Models(gpu);

    /** Runs models on the CPU until it is lost. */
    private static final class LosableGpu implements Gpus {

        private final CountDownLatch goesOn = new CountDownLatch(1);
        private volatile Optional<String> lost = Optional.empty();
        private volatile boolean hangs;

        @Override
        public Device first() {
            return lost.map(reason -> new Device(-1, reason)).orElse(new Device(INDEX, ""));
        }

        @Override
        public Staging staging(int index, String model) throws StageException {
            requireWhole();
            return new Staging() {

                @Override
                public OrtSession open(ModelKey key) throws StageException {
                    return HOST.open(key);
                }

                @Override
                public Optional<String> lost() {
                    return lost;
                }

                @Override
                public long patience() {
                    return hangs ? HANGS_NANOS : Long.MAX_VALUE; // what others run may be slow
                }

                @Override
                public Answer run(OrtSession session, Batch batch, int run, long... shape) throws StageException {
                    requireWhole();
                    if (hangs) {
                        awaitUninterruptibly();
                    }
                    return HOST.run(session, batch, run, shape);
                }

                @Override
                public void close() {}
            };
        }

        private void awaitUninterruptibly() {
            while (goesOn.getCount() > 0) {
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    // as native code, which is not interrupted
                }
            }
        }

        private void requireWhole() throws StageException {
            if (lost.isPresent()) {
                throw StageException.failed(lost.get()).remedy("restart the node");
            }
        }
    }

    @AfterEach
    void stop() {
        models.stop();
    }

    private StageHarness open(String device) {
        return StageHarness.of(
                new OnnxAnalyzer(models),
                Map.of("model", OnnxAnalyzerTest.SHAPES.toString(), "device", device, "max-batch", "2"));
    }

    private static StageHarness ask(StageHarness stage) {
        return stage.feed(Frames.of(320, 320).solid(Color.GRAY)).awaitWake(PATIENCE);
    }

    @Test
    void aModelThatWasLeftWhereToRunGoesOnOnTheCpuAlthoughOthersStillHaveTheLostOne() {
        try (var idle = open("auto")) {
            try (var stage = open("auto")) {
                ask(stage);
                assertEquals(INDEX, stage.gauge("device"));
                gpu.lost = Optional.of(REASON);
                var fault = assertThrows(StageException.class, () -> ask(stage));
                assertEquals(StageException.Kind.RETRY, fault.kind());
                assertTrue(fault.getMessage().contains(REASON), fault::getMessage);
            }
            try (var again = open("auto")) {
                assertEquals(-1, again.gauge("device"));
                assertEquals("on the CPU (" + REASON + ")", again.explanation());
                var scenes = new ShapeScenes(320, 320, 3);
                int there = scenes.next().size();
                again.feed(Frames.of(320, 320).painted(scenes.picture())).awaitWake(PATIENCE);
                assertEquals(there, again.events().single().regions().size());
            }
            assertEquals(INDEX, idle.gauge("device"));
        }
    }

    @Test
    void aRunThatDoesNotEndIsNotWaitedFor() {
        try (var stage = open("auto");
                var idle = open("auto")) {
            gpu.hangs = true;
            var fault = assertThrows(StageException.class, () -> ask(stage));
            assertEquals(StageException.Kind.FAILED, fault.kind());
            assertTrue(fault.getMessage().contains("on GPU 63 has not ended"), fault::getMessage);
            idle.awaitWake(PATIENCE); // it asked nothing, and waits for nothing
        } finally {
            gpu.goesOn.countDown();
        }
    }

    @Test
    void aModelThatWasPutOnTheGpuIsNotTriedElsewhere() {
        try (var stage = open("cuda")) {
            gpu.lost = Optional.of(REASON);
            assertThrows(StageException.class, () -> ask(stage));
        }
        var fault = assertThrows(StageException.class, () -> open("cuda"));
        assertEquals(StageException.Kind.FAILED, fault.kind());
        assertEquals(REASON, fault.getMessage());
    }

    /** Nothing can be taken from there, before or after. */
    @Test
    void picturesThatWereStillOnTheLostGpuGiveNothingUpForGood() {
        var pictures = Frames.format(320, 320, PixelFormat.NV12).toBuilder()
                .memory(Memory.Kind.CUDA)
                .device(INDEX)
                .build();
        for (var reason : List.of("", REASON)) {
            try (var stage = open("auto")) {
                gpu.lost = Optional.of(reason).filter(text -> !text.isEmpty());
                var fault = assertThrows(StageException.class, () -> stage.feed(pictures));
                assertEquals(!reason.isEmpty(), fault.kind() == StageException.Kind.RETRY, fault::toString);
            }
        }
    }
}
