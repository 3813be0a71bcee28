/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The platform's: how much memory the samples of one pipeline hold, from the first time they are emitted until their last
 * release, and how much they may. It refuses nothing itself; links ask it before they keep one more. Thread-safe; a sample
 * costs one addition when it is emitted and one when it is gone.
 */
public final class MemoryBudget {

    private final AtomicLong used = new AtomicLong();
    private volatile long limit;
    private volatile int shares = 1;

    /** @param limit most bytes */
    public MemoryBudget(long limit) {
        this.limit = limit;
    }

    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE);
    }

    public long limit() {
        return limit;
    }

    public void limit(long bytes) {
        limit = bytes;
    }

    /** Among how many it is shared. */
    public void shares(int shares) {
        this.shares = Math.max(1, shares);
    }

    /** Bytes held now. */
    public long used() {
        return used.get();
    }

    public boolean exceeded() {
        return used.getOpaque() > limit;
    }

    /** Whether all is used up and who holds so many bytes has more than its share: it is the one to give way. */
    public boolean exceededBy(long bytes) {
        return exceeded() && bytes > limit / shares;
    }

    void add(long bytes) {
        used.getAndAdd(bytes);
    }

    /** These bytes will not come back, and count no more. */
    public void writeOff(long bytes) {
        add(-bytes);
    }
}
