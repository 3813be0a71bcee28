/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that change pipelines: few, so that a node that starts does not open everything at once; more when the few are
 * held up, so that pipelines that hang do not keep others from being changed.
 */
final class Appliers implements Executor {

    private static final int USUAL = 4;
    private static final int MOST = 64;

    private final ThreadPoolExecutor threads;
    private long completed;
    private boolean waited;

    Appliers() {
        threads = new ThreadPoolExecutor(
                USUAL, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Appliers::daemon);
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "levada-apply");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** To be called now and then: adds a thread when, since the last call, none of those there are got on with anything. */
    void look() {
        long done = threads.getCompletedTaskCount();
        boolean waits = !threads.getQueue().isEmpty();
        if (waits && waited && done == completed) {
            threads.setCorePoolSize(Math.min(MOST, threads.getCorePoolSize() + 1));
        } else if (!waits && threads.getActiveCount() < USUAL) {
            threads.setCorePoolSize(USUAL);
        }
        waited = waits;
        completed = done;
    }

    void shutdown() {
        threads.shutdown();
    }
}
