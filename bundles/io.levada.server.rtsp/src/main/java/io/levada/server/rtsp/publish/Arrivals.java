/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.SpscArrayQueue;

/** What came and waits for the source's thread, bounded. One thread (the session's event loop) puts in, one takes out. */
final class Arrivals {

    private static final int MOST = 8192;
    private static final long MOST_BYTES = 32L << 20;
    private static final int SIDES = 2;

    private final SpscArrayQueue<Arrival> filled = new SpscArrayQueue<>(MOST);
    private final SpscArrayQueue<Arrival> blank = new SpscArrayQueue<>(MOST);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();

    /** One to fill, for {@link #offer}. */
    Arrival blank() {
        var recycled = blank.relaxedPoll();
        return recycled == null ? new Arrival() : recycled;
    }

    /** Takes its packet over; false when there is no room, and then the packet is released. */
    boolean offer(Arrival arrival) {
        int size = arrival.packet.readableBytes();
        if (bytes.get() + size <= MOST_BYTES && filled.offer(arrival)) {
            bytes.addAndGet(size);
            return true;
        }
        arrival.release();
        return false;
    }

    /** The next one, to be given to {@link #recycle}; null if there is none. */
    Arrival poll() {
        var arrival = filled.poll();
        if (arrival != null) {
            bytes.addAndGet(-arrival.packet.readableBytes());
        }
        return arrival;
    }

    boolean isEmpty() {
        return filled.isEmpty();
    }

    /** Releases its packet. */
    void recycle(Arrival arrival) {
        arrival.release();
        blank.relaxedOffer(arrival);
    }

    /** One side does nothing more with it; the second to say so releases what is left. */
    void done() {
        if (done.incrementAndGet() == SIDES) {
            for (var arrival = filled.poll(); arrival != null; arrival = filled.poll()) {
                arrival.release();
            }
        }
    }
}
