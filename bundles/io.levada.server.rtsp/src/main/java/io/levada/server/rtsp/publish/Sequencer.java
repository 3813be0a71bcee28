/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import java.util.function.Consumer;

/**
 * Brings one track's RTP packets into their order. A packet that overtook another waits for it a little; one that comes when
 * its place has been passed is late, and left out. For the source's thread.
 */
final class Sequencer {

    /** A gap is given up after so long, or so many packets. */
    static final long PATIENCE = 100_000_000L;

    private static final int MOST_HELD = 256;
    private static final int SLOTS = 512;
    private static final int MASK = SLOTS - 1;
    private static final int MAX_MISORDER = 3000;

    private final boolean inOrder;
    private final Consumer<Arrival> sink;
    private final Consumer<Arrival> done;
    private final Arrival[] slots = new Arrival[SLOTS];
    private int held;
    private boolean begun;
    private int ssrc;
    private int expected;
    private long late;

    /**
     * @param inOrder whether what is missing can't come any more
     * @param sink takes packets in their order
     * @param done takes back those that are done with
     */
    Sequencer(boolean inOrder, Consumer<Arrival> sink, Consumer<Arrival> done) {
        this.inOrder = inOrder;
        this.sink = sink;
        this.done = done;
    }

    void take(Arrival arrival) {
        int sequence = arrival.sequence();
        if (!begun || arrival.ssrc() != ssrc) {
            giveUp(); // another source's numbers have nothing to do with those before
            begun = true;
            ssrc = arrival.ssrc();
            expected = sequence;
        }
        int ahead = (short) (sequence - expected);
        if (ahead < -MAX_MISORDER || ahead >= SLOTS) {
            giveUp(); // it began anew, or lost more than can be waited for
            expected = sequence;
        } else if (ahead < 0 || slots[sequence & MASK] != null) {
            late++;
            done.accept(arrival);
            return;
        }
        slots[sequence & MASK] = arrival;
        held++;
        pass();
        while (held > (inOrder ? 0 : MOST_HELD)) {
            skip();
        }
    }

    private void pass() {
        for (var next = slots[expected & MASK]; next != null; next = slots[expected & MASK]) {
            slots[expected & MASK] = null;
            held--;
            expected = expected + 1 & 0xffff;
            try {
                sink.accept(next);
            } finally {
                done.accept(next);
            }
        }
    }

    private void skip() {
        while (slots[expected & MASK] == null) {
            expected = expected + 1 & 0xffff;
        }
        pass();
    }

    /** Passes on all that is held. */
    void giveUp() {
        while (held > 0) {
            skip();
        }
    }

    /** Gives up gaps that packets have waited behind for too long. */
    void check(long now) {
        while (held > 0 && now - due() >= 0) {
            skip();
        }
    }

    /** When a gap is to be given up; meaningful if something is {@link #held}. */
    long due() {
        int at = expected;
        while (slots[at & MASK] == null) {
            at++;
        }
        return slots[at & MASK].nanos + PATIENCE;
    }

    boolean holds() {
        return held > 0;
    }

    /** Packets that came late or twice. */
    long late() {
        return late;
    }

    /** Gives back what is held, unseen. */
    void clear() {
        for (int i = 0; i < SLOTS; i++) {
            if (slots[i] != null) {
                done.accept(slots[i]);
                slots[i] = null;
            }
        }
        held = 0;
    }
}
