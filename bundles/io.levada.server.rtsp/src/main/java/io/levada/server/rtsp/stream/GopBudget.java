/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory the GOP caches of all streams may hold together. Thread-safe. */
public final class GopBudget {

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most bytes */
    public GopBudget(long most) {
        this.most = most;
    }

    /** Whether so many bytes may be held in addition; if so they are until {@link #free}. */
    boolean claim(long bytes) {
        if (held.addAndGet(bytes) <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void free(long bytes) {
        held.addAndGet(-bytes);
    }

    /** Bytes held by all streams. */
    public long held() {
        return held.get();
    }
}
