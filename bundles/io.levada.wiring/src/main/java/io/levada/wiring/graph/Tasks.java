/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What others want done in a node's turn. Used on any thread, but where it says so. */
final class Tasks {

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final Runnable wake;

    /** @param wake has the node take a turn */
    Tasks(Runnable wake) {
        this.wake = wake;
    }

    void post(Runnable task) {
        queue.add(task);
        wake.run();
    }

    /** Completes with the answer, or what was thrown; not asked when it is done before, as who asked has given up. */
    <T> CompletableFuture<T> ask(Callable<T> question) {
        var answer = new CompletableFuture<T>();
        post(() -> {
            if (answer.isDone()) {
                return;
            }
            try {
                answer.complete(question.call());
            } catch (Throwable e) { // whatever a stage throws goes to who asked
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** In the node's turn. */
    void run() {
        for (var task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }
}
