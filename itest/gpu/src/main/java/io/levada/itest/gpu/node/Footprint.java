/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import io.levada.itest.Figures;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node takes of the machine when it does always the same.
 *
 * @param cards MiB on the cards, a figure for each context
 */
record Footprint(Figures process, List<Long> cards) {

    private static final long RSS = 64_000_000;

    /** Stages on the card are BLOCKING: their pool has as many workers as were busy at once lately. */
    private static final int THREADS = 32;

    private static final int FILES = 16;
    private static final long CARD = 64;

    static Footprint of(NodeProcess node, Jmx jmx) {
        jmx.tidy();
        return new Footprint(node.figures(), Cards.used(node.pid()));
    }

    /** What of it is more than it was, by more than chance; empty for nothing. */
    List<String> above(Footprint before) {
        var above = new ArrayList<String>();
        above(above, "bytes resident", before.process.rss() + RSS, process.rss());
        above(above, "threads", before.process.threads() + THREADS, process.threads());
        above(above, "files", before.process.files() + FILES, process.files());
        above(above, "contexts", before.cards.size(), cards.size());
        for (int i = 0; i < Math.min(cards.size(), before.cards.size()); i++) {
            above(above, "MiB on card " + i, before.cards.get(i) + CARD, cards.get(i));
        }
        return above;
    }

    private static void above(List<String> above, String what, long most, long now) {
        if (now > most) {
            above.add(now + " " + what + ", at most " + most + " were expected");
        }
    }

    @Override
    public String toString() {
        return process + ", contexts with " + cards + " MiB";
    }
}
