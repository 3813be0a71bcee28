/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.levada.wiring.graph.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CarrierTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NEVER = 3600 * SECOND;

    private final WorkerPool light = new WorkerPool("test-light", 1, 10 * SECOND, SECOND, 5 * SECOND);
    private final WorkerPool heavy = new WorkerPool("test-heavy", 1);
    /** The threads that had turns, in their order. */
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());

    /** How often a successor was to be made, which this may hinder, and why it could not be started. */
    private final AtomicInteger places = new AtomicInteger();

    private final AtomicInteger succeeded = new AtomicInteger();
    private volatile Runnable succession = () -> {};
    private final List<String> missed = Collections.synchronizedList(new ArrayList<>());
    /** What did not hold on a carrier's thread. */
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    private final List<Long> told = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        light.close();
        heavy.close();
    }

    private Actor actor(WorkerPool pool, BooleanSupplier turn) {
        return new Actor(pool, 1) {
            @Override
            protected boolean turn() {
                threads.add(Thread.currentThread().getName());
                return turn.getAsBoolean();
            }

            @Override
            protected void hangs(long nanos, StackTraceElement[] stack) {
                told.add(nanos);
            }
        };
    }

    private Actor once(WorkerPool pool) {
        return actor(pool, () -> false);
    }

    /** A carrier that does this, and has ended; it takes nothing for long. */
    private void carry(Runnable work) {
        carry(NEVER, work);
    }

    private void carry(long longNanos, Runnable work) {
        try {
            begin(longNanos, work).join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failures.forEach(failure -> {
            throw new AssertionError(failure);
        });
    }

    private Carrier begin(long longNanos, Runnable work) {
        var carrier = new Carrier(light, "test-carrier", new Task(work), longNanos, NEVER);
        carrier.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        carrier.begin();
        return carrier;
    }

    /** Its successors only say that they are there. */
    private final class Task implements Carrier.Task {

        private final Runnable work;

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            work.run();
        }

        @Override
        public Carrier successor() {
            places.incrementAndGet();
            succession.run();
            return new Carrier(light, "test-successor", new Task(succeeded::incrementAndGet));
        }

        @Override
        public void noSuccessor(OutOfMemoryError cause) {
            missed.add(cause.getMessage());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Carrier self() {
        return (Carrier) Thread.currentThread();
    }

    private void awaitTurns(String... names) {
        Await.until("the turns", () -> threads, () -> threads.equals(List.of(names)));
    }

    @Test
    void itRunsALightActorThatItWakes() {
        carry(() -> {
            self().carry();
            once(light).wake();
            assertEquals(List.of(), threads, "not before it is time");
            self().runTaken();
        });
        awaitTurns("test-carrier");
    }

    @Test
    void itRunsWhatThatActorWakesInTurn() {
        var second = once(light);
        var first = actor(light, () -> {
            second.wake();
            return false;
        });
        carry(() -> {
            self().carry();
            first.wake();
            self().runTaken();
        });
        awaitTurns("test-carrier", "test-carrier");
    }

    @Test
    void itTakesOneAndLeavesOthersToThePoolWhichDoesThemMeanwhile() {
        carry(() -> {
            self().carry();
            once(light).wake();
            once(light).wake();
            awaitTurns("test-light-0");
            self().runTaken();
        });
        awaitTurns("test-light-0", "test-carrier");
    }

    @Test
    void itRunsNoHeavyActorAndNoneWhileItDoesNotCarry() {
        carry(() -> {
            once(light).wake();
            awaitTurns("test-light-0");
            self().carry();
            once(heavy).wake();
            awaitTurns("test-light-0", "test-heavy-0");
            self().runTaken();
        });
        awaitTurns("test-light-0", "test-heavy-0");
    }

    @Test
    void whatItTookAndDoesNotRunGoesToThePool() {
        carry(() -> {
            self().carry();
            once(light).wake(); // and it ends
        });
        awaitTurns("test-light-0");
    }

    @Test
    void anActorThatAlwaysHasMoreToDoGoesToThePool() {
        carry(() -> {
            self().carry();
            actor(light, () -> threads.size() < 6).wake();
            self().runTaken();
        });
        awaitTurns("test-carrier", "test-carrier", "test-carrier", "test-carrier", "test-light-0", "test-light-0");
    }

    @Test
    void anActorThatWasLongIsLeftToThePoolForAWhile() {
        var slow = actor(light, () -> {
            pass(SECOND / 100);
            return false;
        });
        carry(SECOND / 500, () -> {
            for (int i = 0; i < 2; i++) {
                self().carry();
                slow.wake();
                self().runTaken();
            }
        });
        awaitTurns("test-carrier", "test-light-0");
    }

    @Test
    void whatItTookGoesToThePoolWhenItsOwnWorkDoesNotPause() {
        carry(() -> {
            self().carry();
            once(light).wake();
            light.tick(0);
            light.tick(1);
            awaitTurns("test-light-0");
            self().runTaken();
        });
        awaitTurns("test-light-0");
    }

    @Test
    void workThatDidNotPauseSoonAfterItWokeSomebodyCarriesNothingForAWhile() {
        carry(SECOND / 500, () -> {
            for (int i = 0; i < 2; i++) {
                self().carry();
                once(light).wake();
                pass(SECOND / 100);
                self().runTaken();
            }
        });
        awaitTurns("test-carrier", "test-light-0");
    }

    @Test
    void norDoesWorkThatDidNotPauseUntilThePoolHadDoneWhatItTook() {
        carry(SECOND / 500, () -> {
            self().carry();
            once(light).wake();
            light.tick(0);
            light.tick(1);
            awaitTurns("test-light-0");
            pass(SECOND / 100);
            self().runTaken();
            self().carry();
            once(light).wake();
            awaitTurns("test-light-0", "test-light-0");
            self().runTaken();
        });
        awaitTurns("test-light-0", "test-light-0");
    }

    @Test
    void anActorThatInterruptsItselfDoesNotInterruptTheWork() {
        var interrupted = new AtomicBoolean(true);
        carry(() -> {
            self().carry();
            actor(light, () -> {
                        Thread.currentThread().interrupt();
                        return false;
                    })
                    .wake();
            self().runTaken();
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        awaitTurns("test-carrier");
        assertFalse(interrupted.get());
    }

    private static void pass(long nanos) {
        long end = System.nanoTime() + nanos;
        Await.until("a while", () -> "", () -> System.nanoTime() - end > 0);
    }

    @Test
    void whenAnActorDoesNotComeBackAnotherThreadGoesOnWithTheWorkAndTheActorIsTold() throws InterruptedException {
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var hanging = holding(begun, gate);
        var kept = new AtomicInteger(-1);
        var carrier = begin(NEVER, () -> {
            self().carry();
            hanging.wake();
            kept.set(self().runTaken() ? 1 : 0);
        });
        begun.await();
        light.tick(0);
        light.tick(SECOND / 2);
        assertEquals(0, places.get(), "it may take a moment");
        light.tick(2 * SECOND);
        assertEquals(1, places.get());
        assertEquals(List.of(), told);
        light.tick(6 * SECOND);
        light.tick(7 * SECOND);
        assertEquals(List.of(5 * SECOND), told);
        assertEquals(1, places.get());
        gate.countDown();
        carrier.join();
        assertEquals(0, kept.get(), "its work is another's");
        awaitSuccessor();
        once(light).wake();
        awaitTurns("test-carrier", "test-light-0");
    }

    private void awaitSuccessor() {
        Await.until("another thread goes on", succeeded::get, () -> succeeded.get() == 1);
    }

    private Actor holding(CountDownLatch begun, CountDownLatch gate) {
        return actor(light, () -> {
            begun.countDown();
            await(gate);
            return false;
        });
    }

    private void noThread() {
        throw new OutOfMemoryError("unable to create native thread");
    }

    @Test
    void whileNoThreadCanBeHadTheWorkStaysWhereItIsAndThatIsTriedAgain() throws InterruptedException {
        succession = this::noThread;
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var kept = new AtomicInteger(-1);
        var carrier = begin(NEVER, () -> {
            self().carry();
            holding(begun, gate).wake();
            kept.set(self().runTaken() ? 1 : 0);
        });
        begun.await();
        light.tick(0);
        light.tick(2 * SECOND);
        assertEquals(List.of("unable to create native thread"), missed);
        light.tick(2 * SECOND + SECOND / 2);
        assertEquals(1, places.get(), "not again at once");
        light.tick(4 * SECOND);
        assertEquals(2, missed.size());
        gate.countDown();
        carrier.join();
        assertEquals(1, kept.get(), "nobody else has it");
        awaitTurns("test-carrier");
    }

    @Test
    void anotherThreadGoesOnWithTheWorkAsSoonAsOneCanBeHad() throws InterruptedException {
        succession = this::noThread;
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var carrier = begin(NEVER, () -> {
            self().carry();
            holding(begun, gate).wake();
            self().runTaken();
        });
        begun.await();
        light.tick(0);
        light.tick(2 * SECOND);
        succession = () -> {};
        light.tick(4 * SECOND);
        awaitSuccessor();
        gate.countDown();
        carrier.join();
    }

    @Test
    void anActorThatComesBackWhileAnotherThreadIsMadeReadyLeavesTheWorkWhereItIs() throws InterruptedException {
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var kept = new AtomicInteger(-1);
        succession = () -> {
            gate.countDown();
            Await.until("it is back", kept::get, () -> kept.get() >= 0);
        };
        var carrier = begin(NEVER, () -> {
            self().carry();
            holding(begun, gate).wake();
            kept.set(self().runTaken() ? 1 : 0);
        });
        begun.await();
        light.tick(0);
        light.tick(2 * SECOND);
        carrier.join();
        assertEquals(1, kept.get());
        Await.until(
                "no other thread is left", Thread::getAllStackTraces, () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("test-successor")));
        assertEquals(0, succeeded.get());
    }

    @Test
    void whatAnActorWakesGoesToThePoolWhenItDoesNotComeBack() throws InterruptedException {
        wakesInATurnThatDoesNotComeBack(false);
    }

    @Test
    void whatAnActorWakesWhoseThreadIsReplacedGoesToThePool() throws InterruptedException {
        wakesInATurnThatDoesNotComeBack(true);
    }

    private void wakesInATurnThatDoesNotComeBack(boolean replacedBefore) throws InterruptedException {
        var begun = new CountDownLatch(1);
        var wakes = new CountDownLatch(1);
        var woken = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        var second = once(light);
        var hanging = actor(light, () -> {
            begun.countDown();
            await(wakes);
            second.wake();
            woken.countDown();
            await(gate);
            return false;
        });
        var carrier = begin(NEVER, () -> {
            self().carry();
            hanging.wake();
            self().runTaken();
        });
        begun.await();
        light.tick(0);
        if (replacedBefore) {
            light.tick(2 * SECOND);
        }
        wakes.countDown();
        woken.await();
        if (!replacedBefore) {
            light.tick(2 * SECOND);
        }
        assertEquals(1, places.get());
        awaitTurns("test-carrier", "test-light-0");
        gate.countDown();
        carrier.join();
        assertEquals(List.of("test-carrier", "test-light-0"), threads, "once");
    }
}
