/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The readers of one stream on one event loop. All is done on that loop, except what says otherwise. */
final class Lane {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private static final long TICK_MICROS = 1000;

    private final EventLoop loop;
    private final Counters counters;
    private final BatchQueue queue;
    private final BatchForms forms;
    private final List<Reader> readers = new ArrayList<>();

    /** Counted up by the feed before a reader comes, so that nothing is held back from it. */
    private final AtomicInteger active = new AtomicInteger();

    private boolean busy;
    private boolean leavers;
    private boolean ticking;

    /** The feed's: batches were lost because this loop did not keep up. */
    private boolean lost;

    Lane(EventLoop loop, Counters counters, ByteBufAllocator allocator) {
        this.forms = new BatchForms(allocator);
        this.loop = loop;
        this.counters = counters;
        this.queue = new BatchQueue(
                loop,
                batch -> {
                    deliver(batch);
                    batch.release();
                },
                this::flush);
    }

    /** The feed's thread: hands a lent batch on to the lane's loop. */
    void hand(RtpBatch batch, EventLoop feed) {
        if (active.get() == 0) {
            return;
        }
        if (feed == loop) {
            deliver(batch);
            return;
        }
        if (lost) {
            queue.command(this::interrupted);
        }
        lost = !queue.offer(batch.retain());
        if (lost) {
            batch.release();
            counters.droppedLoop.add(batch.packets());
        }
    }

    /** The feed's thread: runs in order with the batches. */
    void command(Runnable command, EventLoop feed) {
        if (feed == loop) {
            command.run();
        } else {
            queue.command(command);
        }
    }

    /** The feed's thread: after a run of batches. */
    void handed(EventLoop feed) {
        if (feed == loop) {
            flush();
        }
    }

    /** The feed's thread: a reader is about to come. */
    void expect() {
        active.incrementAndGet();
    }

    void join(Reader reader, List<RtpBatch> replay, boolean resumed, List<RtpBatch> reports) {
        if (reader.closed()) { // it left while this was on its way
            replay.forEach(RtpBatch::release);
            active.decrementAndGet();
        } else {
            readers.add(reader);
            counters.readers.incrementAndGet();
            one(reader, joined -> joined.start(this, replay, resumed, reports));
            forms.clear();
        }
        reports.forEach(RtpBatch::release);
    }

    private void deliver(RtpBatch batch) {
        forEach(reader -> reader.deliver(batch));
    }

    private void flush() {
        forEach(Reader::flush);
    }

    void interrupted() {
        forEach(Reader::interrupted);
    }

    void end(String reason) {
        forEach(reader -> reader.end(reason));
    }

    void check() {
        forEach(Reader::check);
    }

    private void forEach(Consumer<Reader> action) {
        boolean outer = !busy;
        busy = true;
        try {
            for (int i = 0, size = readers.size(); i < size; i++) {
                var reader = readers.get(i);
                if (!reader.closed()) {
                    one(reader, action);
                }
            }
        } finally {
            if (outer) {
                busy = false;
                forms.clear();
                if (leavers) {
                    leavers = false;
                    readers.removeIf(Reader::closed);
                }
            }
        }
    }

    /** A fault with one reader is not the others'. */
    private static void one(Reader reader, Consumer<Reader> action) {
        try {
            action.accept(reader);
        } catch (RuntimeException e) {
            LOG.warn("a reader is given up", e);
            reader.giveUp("of an error in the server");
        }
    }

    /** What readers share beside the batches themselves. */
    BatchForms forms() {
        return forms;
    }

    void leave(Reader reader) {
        active.decrementAndGet();
        counters.readers.decrementAndGet();
        if (busy) {
            leavers = true;
        } else {
            readers.remove(reader);
            forms.clear();
        }
    }

    void pumpSoon() {
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, TICK_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void tick() {
        ticking = false;
        forEach(Reader::pump);
        flush();
    }
}
