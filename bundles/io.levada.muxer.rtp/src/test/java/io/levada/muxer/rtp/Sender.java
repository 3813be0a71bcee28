/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.source.media.test.Clip;
import io.levada.testkit.StageHarness;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** The stage sending a clip again and again in real time, on a thread of its own, while players come and go. */
final class Sender implements AutoCloseable {

    private static final int ROUNDS = 20;

    private final Thread thread;
    private final CompletableFuture<StageHarness> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stopping;

    /** Returns when the first packets are out: then there is a description. */
    Sender(Path home, String file, Map<String, String> parameters, String... tracks) {
        thread = new Thread(() -> run(home, file, parameters, tracks), "sender");
        thread.start();
        begun.join();
    }

    private void run(Path home, String file, Map<String, String> parameters, String... tracks) {
        try (var clip = new Clip(home, file, ROUNDS, tracks);
                var stage = StageHarness.with(new RtpMuxer())
                        .parameters(parameters)
                        .inputs(tracks)
                        .home(home)
                        .named("lobby", "out")
                        .open()) {
            clip.formats(stage);
            send(clip, stage);
            ended.complete(null);
        } catch (Throwable e) {
            begun.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    private void send(Clip clip, StageHarness stage) {
        long start = System.nanoTime() - clip.entries().get(0).dtsNanos();
        for (int i = 0; i < clip.entries().size() && !stopping; i++) {
            long due = clip.entries().get(i).dtsNanos() + start;
            while (!stopping && System.nanoTime() < due) {
                LockSupport.parkNanos(Math.min(20_000_000, due - System.nanoTime()));
            }
            clip.packets(stage, i, i + 1);
            begun.complete(stage);
        }
    }

    /** A figure that the stage shows. */
    long gauge(String name) {
        return begun.join().gauge(name);
    }

    @Override
    public void close() {
        stopping = true;
        ended.join();
    }
}
