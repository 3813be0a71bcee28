/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Sample;
import io.levada.api.stage.Stage;
import io.levada.gpu.GpuTensor;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/** A model on the GPU, asked about tensors that are there; in this package for its scenes and their score. */
public final class GpuInference {

    private static final int SIZE = 320;
    private static final int SCENES = 200;
    private static final int FEEDS = 16;
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MEASURED_NANOS = 5_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Models models = new Models();
    private final String model;

    public GpuInference(String model) {
        this.model = model;
    }

    /** What a model is asked about; on the device. */
    public enum Input {
        TENSORS,
        PICTURES
    }

    /** What it found in pictures that training did not see. */
    public record Accuracy(double precision, double recall) {

        /** As good as on the CPU. */
        public boolean fair() {
            return precision > 0.95 && recall > 0.95;
        }

        @Override
        public String toString() {
            return "precision %.4f, recall %.4f".formatted(precision, recall);
        }
    }

    /**
     * How it went with several feeds at once, each of which asks again when it is answered.
     *
     * @param median of the time from question to answer, in milliseconds
     * @param p99 likewise
     * @param wrong answers without boxes, or with others than the first about the same picture
     */
    public record Speed(double fps, double median, double p99, int wrong) {

        @Override
        public String toString() {
            return "%.0f fps, answers after %.1f ms (p99 %.1f ms), %d wrong".formatted(fps, median, p99, wrong);
        }
    }

    /** The stage, with a model on the GPU. */
    public Stage stage() {
        return new OnnxAnalyzer(models);
    }

    /** The stage's parameters. */
    public Map<String, String> parameters(int batch) {
        return Map.of("model", model, "device", "cuda:0", "max-batch", "" + batch, "max-wait", "5 ms", "score", "0.5");
    }

    /** One picture after the other. */
    public Accuracy accuracy() {
        var score = new Score();
        var scenes = new ShapeScenes(SIZE, SIZE, 20);
        try (var maker = new TensorMaker();
                var detect = StageHarness.of(stage(), parameters(FEEDS))) {
            for (int i = 0; i < SCENES; i++) {
                var truths = scenes.next();
                detect.feed(maker.tensor(scenes)).drain();
                score.add(truths, detect.events().list(), SIZE, SIZE);
                detect.clear();
            }
        }
        return new Accuracy(score.precision(), score.recall());
    }

    /** All feeds at once, in batches of up to so many. */
    public Speed speed(int batch, Input input) throws Exception {
        var level = LeakDetector.level();
        LeakDetector.level(LeakDetector.Level.OFF);
        var threads = Executors.newFixedThreadPool(FEEDS);
        try {
            var running = new ArrayList<Future<Feed>>();
            for (int i = 0; i < FEEDS; i++) {
                int seed = 100 + i;
                running.add(threads.submit(() -> new Feed(seed, batch, input)));
            }
            var feeds = new ArrayList<Feed>();
            for (var feed : running) {
                feeds.add(feed.get());
            }
            return speed(feeds);
        } finally {
            threads.shutdown();
            LeakDetector.level(level);
        }
    }

    private static Speed speed(List<Feed> feeds) {
        long[] all = feeds.stream()
                .flatMapToLong(feed -> feed.nanos.build())
                .sorted()
                .toArray();
        return new Speed(
                all.length * 1e9 / MEASURED_NANOS,
                all[all.length / 2] / 1e6,
                all[(int) (all.length * 0.99)] / 1e6,
                feeds.stream().mapToInt(feed -> feed.wrong).sum());
    }

    /** Asks about one picture over and over again: what came first has to come each time. */
    private final class Feed {

        private final LongStream.Builder nanos = LongStream.builder();
        private int wrong;

        Feed(int seed, int batch, Input input) {
            var scenes = new ShapeScenes(SIZE, SIZE, seed);
            scenes.next();
            int boxes = -1;
            try (var maker = new TensorMaker();
                    var detect = StageHarness.of(stage(), parameters(batch))) {
                var sample = input == Input.PICTURES ? maker.picture(scenes) : maker.tensor(scenes);
                long begin = System.nanoTime() + WARM_UP_NANOS;
                for (long now = System.nanoTime(); now < begin + MEASURED_NANOS; now = System.nanoTime()) {
                    sample.retain();
                    detect.feed(sample).awaitWake(PATIENCE);
                    if (now >= begin) {
                        nanos.add(System.nanoTime() - now);
                        int found = detect.events().list().stream()
                                .mapToInt(event -> event.regions().size())
                                .sum();
                        boxes = boxes < 0 ? found : boxes;
                        wrong += found == boxes && found > 0 ? 0 : 1;
                    }
                    detect.clear();
                }
                GpuModels.settle(detect);
                sample.release();
            }
        }
    }

    /** Pictures of scenes as tensors on the GPU. */
    private static final class TensorMaker implements AutoCloseable {

        private final Frames frames = Frames.of(SIZE, SIZE);
        private final StageHarness upload = GpuModels.upload();
        private final StageHarness tensors =
                StageHarness.of(new GpuTensor(), Map.of("width", "" + SIZE, "height", "" + SIZE));

        /** With one reference, the caller's. */
        Sample picture(ShapeScenes scenes) {
            return GpuModels.uploaded(upload, frames.painted(scenes.picture()));
        }

        /** With one reference, the caller's. */
        Sample tensor(ShapeScenes scenes) {
            tensors.feed(picture(scenes));
            GpuModels.settle(tensors);
            var tensor = tensors.samples().single();
            tensor.retain();
            tensors.clear();
            return tensor;
        }

        @Override
        public void close() {
            for (var stage : List.of(tensors, upload)) {
                stage.close();
            }
        }
    }
}
