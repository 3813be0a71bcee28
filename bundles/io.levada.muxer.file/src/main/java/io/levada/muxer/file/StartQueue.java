/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.file;

import io.levada.api.media.Packet;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Packets that wait for the file to begin: the container wants the headers of all tracks first, and those that come with
 * the packets come one track after the other. Bounded; holds a reference of each packet.
 */
final class StartQueue {

    private static final int MOST_PACKETS = 512;
    private static final long MOST_BYTES = 32 << 20;

    record Waiting(int input, Packet packet) {}

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    void add(int input, Packet packet) {
        packet.retain();
        waiting.add(new Waiting(input, packet));
        bytes += packet.bytes();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether waiting longer is not worth it. */
    boolean full() {
        return waiting.size() >= MOST_PACKETS || bytes >= MOST_BYTES;
    }

    Waiting first() {
        return waiting.element();
    }

    /** Takes out the next; the caller releases its packet. */
    Waiting take() {
        var next = waiting.remove();
        bytes -= next.packet().bytes();
        return next;
    }

    void clear() {
        waiting.forEach(each -> each.packet().release());
        waiting.clear();
        bytes = 0;
    }
}
