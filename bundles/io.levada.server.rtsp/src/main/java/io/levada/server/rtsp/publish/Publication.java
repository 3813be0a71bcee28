/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.server.rtsp.auth.Permission;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** A path that a stream may be published to. Thread-safe, but for what is said to be the source's. */
public final class Publication {

    /**
     * What may change while it is there.
     *
     * @param publish who may
     * @param readTimeout nanoseconds that a publisher may send nothing
     */
    public record Settings(Permission publish, OnSecond onSecond, long readTimeout) {}

    private final String path;
    private final String owner;
    private final Queue<Publisher> entered = new ConcurrentLinkedQueue<>();
    private volatile Settings settings;
    private volatile Optional<Publisher> current = Optional.empty();
    private volatile String lastReason = "";
    private boolean closed;

    /** The source's thread while it waits. */
    private volatile Thread waiting;

    private volatile boolean interrupted;

    /** @param owner pipeline and stage, for messages */
    public Publication(String path, String owner, Settings settings) {
        this.path = path;
        this.owner = owner;
        this.settings = settings;
    }

    public String path() {
        return path;
    }

    public String owner() {
        return owner;
    }

    public Settings settings() {
        return settings;
    }

    public void settings(Settings changed) {
        settings = changed;
    }

    /** Who sends at this moment. */
    public Optional<Publisher> current() {
        return current;
    }

    /** Whether another publisher has no chance now. */
    public boolean taken() {
        return settings.onSecond() == OnSecond.REFUSE
                && current.filter(publisher -> !publisher.parting()).isPresent();
    }

    /** A publisher begins to send; false if it may not. The one before it is sent away. */
    public synchronized boolean enter(Publisher publisher) {
        if (closed || taken()) {
            return false;
        }
        current.filter(before -> !before.parting())
                .ifPresent(before -> before.dismiss("was replaced by " + publisher.client()));
        current = Optional.of(publisher);
        publisher.listen(this::wake);
        entered.add(publisher);
        wake();
        return true;
    }

    /** A publisher is gone. */
    public synchronized void leave(Publisher publisher, String reason) {
        publisher.gone(reason);
        if (current.filter(publisher::equals).isPresent()) {
            current = Optional.empty();
            lastReason = publisher.client() + " " + reason;
        }
        wake();
    }

    // -- for the source

    /** The next publisher that has entered; each comes once. */
    Optional<Publisher> next() {
        return Optional.ofNullable(entered.poll());
    }

    /** Why there is nobody. */
    String absence() {
        var last = lastReason;
        return "waits for a publisher at " + path + (last.isEmpty() ? "" : " (" + last + ")");
    }

    /** Waits until something comes; may return early. */
    void await(Arrivals arrivals, long nanos) {
        waiting = Thread.currentThread();
        if (arrivals.isEmpty() && !interrupted) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
        interrupted = false;
    }

    /** Waits for the next publisher; may return early. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (entered.isEmpty() && !interrupted) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
        interrupted = false;
    }

    /** Makes the source's waiting return, also the next; any thread. */
    public void interrupt() {
        interrupted = true;
        wake();
    }

    private void wake() {
        var thread = waiting;
        if (thread != null) {
            waiting = null;
            LockSupport.unpark(thread);
        }
    }

    /** Sends everybody away; nobody comes any more. */
    synchronized void close(String reason) {
        closed = true;
        current.ifPresent(publisher -> publisher.dismiss(reason));
        for (var publisher = entered.poll(); publisher != null; publisher = entered.poll()) {
            publisher.arrivals().done();
        }
    }
}
