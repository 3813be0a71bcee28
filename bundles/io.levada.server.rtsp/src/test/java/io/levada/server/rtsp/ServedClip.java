/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.testkit.StageHarness;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A clip served by the stage in real time and in a loop, on a thread of its own. */
final class ServedClip implements AutoCloseable {

    private final Thread thread;
    private final CompletableFuture<StageHarness> stage = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean stopping;

    ServedClip(RtspServer server, Path file, Map<String, String> parameters) {
        thread = new Thread(() -> run(server, file, parameters), "clip");
        thread.start();
        stage.join();
    }

    private void run(RtspServer server, Path file, Map<String, String> parameters) {
        try (var clip = new Clip(file)) {
            var names = clip.formats().stream()
                    .map(format -> "clip:" + format.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .toArray(String[]::new);
            try (var harness = StageHarness.with(new RtspServerStage(server))
                    .inputs(names)
                    .named(
                            "test",
                            parameters.getOrDefault("path", "").substring(1).replace('/', '-'))
                    .parameters(new HashMap<>(parameters))
                    .open()) {
                for (int i = 0; i < names.length; i++) {
                    harness.feed(i, clip.formats().get(i));
                }
                stage.complete(harness);
                feed(harness, clip);
            }
            finished.complete(null);
        } catch (Throwable e) {
            stage.completeExceptionally(e);
            finished.completeExceptionally(e);
        }
    }

    private void feed(StageHarness harness, Clip clip) {
        long start = System.nanoTime();
        while (!stopping) {
            var read = clip.next();
            while (!stopping && System.nanoTime() - start < read.time()) {
                LockSupport.parkNanos(Math.min(20_000_000, read.time() - (System.nanoTime() - start)));
            }
            harness.feed(read.track(), read.packet());
        }
    }

    /** A figure that the stage shows. */
    long gauge(String name) {
        return stage.join().gauge(name);
    }

    /** Stops as the platform does; fails when the stage broke its contract. */
    @Override
    public void close() {
        stopping = true;
        finished.join();
    }
}
