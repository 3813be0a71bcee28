/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds memory that nobody released and names who holds it. The platform tells it which stage a thread is working for
 * ({@link #enter}); tracked memory counts references per holder, and what is still held when the memory becomes
 * unreachable, or when a test asks, is the leak.
 *
 * <p>The system property {@code levada.leaks} sets how much is tracked: {@code off}, {@code sampled} (one memory in 128,
 * the default) or {@code all} (in tests). Untracked memory costs one null check per retain and release.
 */
public final class LeakDetector {

    /** How much is tracked. */
    public enum Level {
        OFF,
        SAMPLED,
        ALL
    }

    private static final int SAMPLING = 128;
    private static final String NOBODY = "outside any stage";

    private static final Cleaner CLEANER = Cleaner.create();
    private static final Set<Track> LIVE = ConcurrentHashMap.newKeySet();
    private static final LongAdder LEAKS = new LongAdder();
    private static final ThreadLocal<String> HOLDER = new ThreadLocal<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Pipelines of which everything is tracked, whatever the level. */
    private static final Set<String> WATCHED = ConcurrentHashMap.newKeySet();

    private static volatile Level level = configured();
    private static volatile Consumer<String> reporter =
            leak -> System.getLogger(LeakDetector.class.getName()).log(System.Logger.Level.ERROR, leak);

    private LeakDetector() {}

    private static Level configured() {
        return switch (System.getProperty("levada.leaks", "sampled")) {
            case "all" -> Level.ALL;
            case "off" -> Level.OFF;
            default -> Level.SAMPLED;
        };
    }

    public static Level level() {
        return level;
    }

    public static void level(Level level) {
        LeakDetector.level = level;
    }

    /** Where reports of leaks found by the garbage collector go; the node's log unless set. */
    public static void reporter(Consumer<String> reporter) {
        LeakDetector.reporter = reporter;
    }

    /**
     * The platform's: from now on this thread works for the named stage.
     *
     * @return whom it worked for before; give it to {@link #exit}
     */
    public static String enter(String holder) {
        String before = HOLDER.get();
        HOLDER.set(holder);
        return before;
    }

    /** The platform's: back to the holder that {@link #enter} returned (null for none). */
    public static void exit(String before) {
        HOLDER.set(before);
    }

    /** The stage this thread works for, {@code pipeline/stage}; a phrase saying so when it works for none. */
    public static String holder() {
        return currentHolder();
    }

    /** What is tracked and not yet released, one line each: the memory and its holders. For tests. */
    public static List<String> live() {
        Collection<Track> tracks = new ArrayList<>(LIVE);
        return tracks.stream().map(Track::toString).sorted().toList();
    }

    /** How many leaks the garbage collector has found so far. */
    public static long leaks() {
        return LEAKS.sum();
    }

    /**
     * The platform's: tracks all memory that stages of a pipeline make from now on, whatever the level, or no longer. For a
     * pipeline that holds suspiciously much.
     */
    public static void watch(String pipeline, boolean watched) {
        if (watched) {
            WATCHED.add(pipeline + "/");
        } else {
            WATCHED.remove(pipeline + "/");
        }
    }

    /** The platform's: bytes that stages hold of tracked memory that was charged to a budget, by holder. */
    public static Map<String, Long> held(MemoryBudget payer) {
        var held = new TreeMap<String, Long>();
        LIVE.forEach(track -> track.addTo(held, payer));
        return held;
    }

    private static boolean watched() {
        if (WATCHED.isEmpty()) {
            return false;
        }
        var holder = currentHolder();
        return WATCHED.contains(holder.substring(0, holder.indexOf('/') + 1));
    }

    /** Forgets what is live, so that one test's leak is not reported in the next. */
    public static void reset() {
        LIVE.clear();
    }

    static Track track(Memory memory) {
        return switch (level) {
            case OFF -> watched() ? start(memory) : null;
            case SAMPLED -> COUNT.incrementAndGet() % SAMPLING == 0 || watched() ? start(memory) : null;
            case ALL -> start(memory);
        };
    }

    private static Track start(Memory memory) {
        var track = new Track(memory.getClass().getSimpleName(), currentHolder());
        LIVE.add(track);
        track.cleanable = CLEANER.register(memory, track);
        return track;
    }

    private static String currentHolder() {
        String holder = HOLDER.get();
        return holder == null ? NOBODY : holder;
    }

    /** The account of one memory from its first reference to its last; must not refer to the memory itself. */
    static final class Track implements Runnable {

        private final String what;
        private final String maker;
        private final Map<String, Integer> held = new TreeMap<>();
        private volatile boolean freed;
        private MemoryBudget payer;
        private long bytes;
        private Cleaner.Cleanable cleanable;

        Track(String what, String maker) {
            this.what = what;
            this.maker = maker;
            held.put(maker, 1);
        }

        synchronized void retained() {
            held.merge(currentHolder(), 1, Integer::sum);
        }

        synchronized void released() {
            held.merge(currentHolder(), -1, Integer::sum);
        }

        synchronized void handedOver(String holder) {
            held.merge(currentHolder(), -1, Integer::sum);
            held.merge(holder, 1, Integer::sum);
        }

        synchronized void charged(MemoryBudget payer, long bytes) {
            this.payer = payer;
            this.bytes = bytes;
        }

        synchronized void addTo(Map<String, Long> sums, MemoryBudget budget) {
            if (payer == budget) {
                held.forEach((holder, references) -> {
                    if (references > 0) {
                        sums.merge(holder, bytes, Long::sum);
                    }
                });
            }
        }

        void freed() {
            freed = true;
            LIVE.remove(this);
            cleanable.clean();
        }

        /** The memory is unreachable (or was freed in order, and there is nothing to say). */
        @Override
        public void run() {
            if (!freed && LIVE.remove(this)) {
                LEAKS.increment();
                reporter.accept("LEAK: " + this);
            }
        }

        @Override
        public synchronized String toString() {
            String holders = held.entrySet().stream()
                    .filter(entry -> entry.getValue() > 0)
                    .map(entry -> entry.getKey() + (entry.getValue() > 1 ? " x" + entry.getValue() : ""))
                    .collect(Collectors.joining(", "));
            return what + " made by " + maker + ", never released by " + (holders.isEmpty() ? maker : holders);
        }
    }
}
