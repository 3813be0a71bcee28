/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.LeakDetector;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many pictures a second a model is asked about by several feeds at once, with one picture a run and with batches: {@code
 * java ... BatchingBenchmark MODEL DEVICE FEEDS BATCH...}. Each feed asks about its next picture when the one before is answered.
 */
final class BatchingBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MEASURED_NANOS = 5_000_000_000L;

    private BatchingBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        for (int i = 3; i < arguments.length; i++) {
            measure(arguments[0], arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[i]));
        }
        System.exit(0);
    }

    private record Feed(long pictures, long slowest) {}

    private static void measure(String model, String device, int feeds, int batch) throws Exception {
        var models = new Models();
        var threads = Executors.newFixedThreadPool(feeds);
        var parameters = Map.of(
                "model",
                model,
                "device",
                device,
                "max-batch",
                String.valueOf(batch),
                "max-wait",
                "5 ms",
                "score",
                "0.5");
        List<Future<Feed>> running = new ArrayList<>();
        for (int i = 0; i < feeds; i++) {
            int seed = i;
            Callable<Feed> feed = () -> feed(models, parameters, seed);
            running.add(threads.submit(feed));
        }
        long pictures = 0;
        long slowest = 0;
        for (var feed : running) {
            pictures += feed.get().pictures();
            slowest = Math.max(slowest, feed.get().slowest());
        }
        System.out.printf(
                "%s, %d feeds, batches of up to %d: %.0f pictures/s, slowest answer %.1f ms%n",
                device, feeds, batch, pictures * 1e9 / MEASURED_NANOS, slowest / 1e6);
        threads.shutdown();
        models.stop();
    }

    private static Feed feed(Models models, Map<String, String> parameters, int seed) {
        var scenes = new ShapeScenes(320, 320, seed);
        scenes.next();
        try (var stage = StageHarness.of(new OnnxAnalyzer(models), parameters)) {
            var frame = Frames.of(320, 320).painted(scenes.picture());
            LeakDetector.level(LeakDetector.Level.OFF);
            long begin = System.nanoTime() + WARM_UP_NANOS;
            long count = 0;
            long slowest = 0;
            for (long now = System.nanoTime(); now < begin + MEASURED_NANOS; now = System.nanoTime()) {
                frame.retain();
                stage.feed(frame).awaitWake(PATIENCE).clear();
                if (now >= begin) {
                    count++;
                    slowest = Math.max(slowest, System.nanoTime() - now);
                }
            }
            frame.release();
            return new Feed(count, slowest);
        }
    }
}
