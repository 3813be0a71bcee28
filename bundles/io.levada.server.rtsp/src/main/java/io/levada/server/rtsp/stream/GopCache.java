/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * What was sent since the last keyframe, with the other tracks' batches in between, so that a new reader sees a picture at
 * once. Beyond its bounds, or when all streams together hold too much, it is empty until the next keyframe: half a GOP is of
 * no use. For one event loop.
 */
final class GopCache {

    private final ArrayDeque<RtpBatch> batches = new ArrayDeque<>();
    private final GopBudget budget;
    private final LongAdder givenUp;
    private long bytes;
    private long memory;

    /**
     * @param budget shared with other streams
     * @param givenUp counts the GOPs that were not kept because others hold the memory
     */
    GopCache(GopBudget budget, LongAdder givenUp) {
        this.budget = budget;
        this.givenUp = givenUp;
    }

    /**
     * @param sync whether the batch begins a GOP
     * @param settings the bounds
     */
    void add(RtpBatch batch, boolean sync, MountSettings settings) {
        if (sync) {
            clear();
        } else if (batches.isEmpty()) {
            return;
        }
        if (!budget.claim(batch.memory())) {
            clear();
            givenUp.increment();
            return;
        }
        batches.add(batch.retain());
        bytes += batch.bytes();
        memory += batch.memory();
        if (bytes > settings.gopBytes() || batch.time() - batches.getFirst().time() > settings.gopTime()) {
            clear();
        }
    }

    void clear() {
        batches.forEach(RtpBatch::release);
        batches.clear();
        budget.free(memory);
        bytes = 0;
        memory = 0;
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** All of it, each batch retained for the caller. */
    List<RtpBatch> all() {
        var copy = new ArrayList<>(batches);
        copy.forEach(RtpBatch::retain);
        return copy;
    }

    /** The newest batch that fits, or none, retained for the caller. */
    List<RtpBatch> newest(Predicate<RtpBatch> wanted) {
        for (var all = batches.descendingIterator(); all.hasNext(); ) {
            var batch = all.next();
            if (wanted.test(batch)) {
                return List.of(batch.retain());
            }
        }
        return List.of();
    }

    /** Whether a reader that had this batch as its last can go on with {@link #after}, nothing missing. */
    boolean continues(long index) {
        return !batches.isEmpty()
                && batches.getFirst().index() <= index + 1
                && batches.getLast().index() >= index;
    }

    /** What follows a batch, retained for the caller. */
    List<RtpBatch> after(long index) {
        return batches.stream()
                .filter(batch -> batch.index() > index)
                .map(RtpBatch::retain)
                .toList();
    }
}
