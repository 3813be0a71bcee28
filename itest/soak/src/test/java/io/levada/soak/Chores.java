/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What is done to the node again and again, each chore on a thread of its own until all are stopped. */
final class Chores implements AutoCloseable {

    private static final int MOST_FAULTS_TOLD = 20;
    private static final Duration END = Duration.ofMinutes(2);

    /** One round of a chore. */
    @FunctionalInterface
    interface Round {
        void run() throws Exception;
    }

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> rounds = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** Does something over and over, with a pause of up to that long in between. */
    void add(String name, Duration pause, Round round) {
        synchronized (rounds) {
            rounds.putIfAbsent(name, 0);
        }
        var thread = new Thread(() -> repeat(name, pause, round), name);
        threads.add(thread);
        thread.start();
    }

    private void repeat(String name, Duration pause, Round round) {
        try {
            while (!rest(pause)) {
                try {
                    round.run();
                    synchronized (rounds) {
                        rounds.merge(name, 1, Integer::sum);
                    }
                } catch (Exception | AssertionError e) {
                    fault(name + ": " + e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A random part of the pause; true when all are to stop. */
    boolean rest(Duration atMost) throws InterruptedException {
        return pause(Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(atMost.toMillis())));
    }

    boolean pause(Duration pause) throws InterruptedException {
        return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    void fault(String fault) {
        synchronized (faults) {
            faults.add(fault);
            if (faults.size() <= MOST_FAULTS_TOLD) {
                System.out.println("FAULT " + fault);
            }
        }
    }

    List<String> faults() {
        synchronized (faults) {
            return List.copyOf(faults);
        }
    }

    /** How often each was done. */
    Map<String, Integer> rounds() {
        synchronized (rounds) {
            return new LinkedHashMap<>(rounds);
        }
    }

    /** Lets each finish its round. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            for (var thread : threads) {
                thread.join(END.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
