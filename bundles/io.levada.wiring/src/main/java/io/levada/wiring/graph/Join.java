/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.EventFormat;
import io.levada.api.media.Marker;
import io.levada.api.media.Sample;
import java.util.List;

/** Chooses which of a node's inputs is served next. */
abstract class Join {

    static final long NEVER = Long.MAX_VALUE;

    /** When to look again although nothing came; {@link #NEVER} for not at all. */
    private volatile long deadline = NEVER;

    private boolean finishing;

    /** The port whose next item is to be handled, or null when there is nothing to do yet. */
    abstract InputPort next(List<InputPort> ports);

    /** Nothing more is to come: what is there is not to wait for anything. */
    final void finish() {
        finishing = true;
    }

    final boolean finishing() {
        return finishing;
    }

    /** Any thread. */
    final long deadline() {
        return deadline;
    }

    final InputPort until(long deadline) {
        this.deadline = deadline;
        return null;
    }

    final InputPort serve(InputPort port) {
        if (deadline != NEVER) {
            deadline = NEVER;
        }
        return port;
    }

    /** One input, or several whose order does not matter. */
    static final class Any extends Join {

        private int last;

        @Override
        InputPort next(List<InputPort> ports) {
            for (int i = 0; i < ports.size(); i++) {
                int at = (last + 1 + i) % ports.size();
                if (ports.get(at).peek() != null) {
                    last = at;
                    return ports.get(at);
                }
            }
            return null;
        }
    }

    /**
     * Several tracks in order of decoding time. It starts when every reference of {@code from} has a track with a format, or
     * the start time-out has passed. A track that is silent, be it for a gap that nobody announced, holds up the others: for a
     * bounded time if it is live, else until their links are full however wide.
     */
    static final class Interleaved extends Join {

        private static final long PATIENCE_NANOS = 200_000_000;

        private final int references;
        private final long startTimeout;
        private boolean started;
        private long waitingSince;

        Interleaved(int references, long startTimeout) {
            this.references = references;
            this.startTimeout = startTimeout;
        }

        @Override
        InputPort next(List<InputPort> ports) {
            InputPort first = null;
            long order = Long.MAX_VALUE;
            for (int i = 0; i < ports.size(); i++) {
                var port = ports.get(i);
                var item = port.peek();
                if (item instanceof Marker) {
                    return serve(port);
                }
                if (item instanceof Sample sample) {
                    long time = port.order(sample);
                    if (first == null || time < order) {
                        first = port;
                        order = time;
                    }
                }
            }
            if (first == null) {
                return until(NEVER);
            }
            if (finishing()) {
                return serve(first);
            }
            long patience = started ? silence(ports, order) : start(ports, order);
            if (System.nanoTime() < patience
                    && (!first.link().holdsUp() || first.link().widen())) {
                return until(patience);
            }
            started = true;
            return serve(first);
        }

        /** Until when to wait for tracks to turn up, or for those that have. */
        private long start(List<InputPort> ports, long order) {
            if (complete(ports)) {
                return silence(ports, order);
            }
            long now = System.nanoTime();
            waitingSince = waitingSince == 0 ? now : waitingSince;
            return waitingSince + startTimeout;
        }

        /** Until when to wait for tracks that may bring something earlier; it is past when there is none. */
        private static long silence(List<InputPort> ports, long order) {
            long until = Long.MIN_VALUE;
            for (int i = 0; i < ports.size(); i++) {
                var port = ports.get(i);
                boolean silent = port.peek() == null
                        && !port.ended()
                        && !port.asleep()
                        && !(port.current() instanceof EventFormat)
                        && !port.coveredUntil(order);
                if (silent) {
                    until = Math.max(until, port.live() ? port.arrival() + PATIENCE_NANOS : NEVER);
                }
            }
            return until;
        }

        private boolean complete(List<InputPort> ports) {
            for (int reference = 0; reference < references; reference++) {
                boolean formatted = false;
                for (int i = 0; i < ports.size(); i++) {
                    formatted |= ports.get(i).reference() == reference
                            && ports.get(i).current() != null;
                }
                if (!formatted) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The first input's samples, each after what belongs to it on the others. What comes late is delivered before the sample
     * at hand; what is of another source is of no use here, but delivered too.
     */
    static final class Matched extends Join {

        private static final long MOST_WAIT_NANOS = 5_000_000_000L;

        private final long wait;

        Matched(long wait) {
            this.wait = wait;
        }

        @Override
        InputPort next(List<InputPort> ports) {
            InputPort primary = null;
            for (int i = 0; i < ports.size(); i++) {
                var port = ports.get(i);
                if (port.peek() instanceof Marker) {
                    return serve(port);
                }
                primary = port.index() == 0 ? port : primary;
            }
            if (primary == null || !(primary.peek() instanceof Sample sample)) {
                return primary != null && primary.ended() ? rest(ports) : until(NEVER);
            }
            long time = sample.stamp().runningTime();
            boolean late = false;
            for (int i = 0; i < ports.size(); i++) {
                var side = ports.get(i);
                if (side == primary) {
                    continue;
                }
                long watermark = side.link().watermark(); // before looking into the queue
                var item = side.peek();
                if (item instanceof Marker
                        || (item instanceof Sample result && result.stamp().runningTime() <= time)) {
                    return serve(side);
                }
                late |= item == null && watermark < time && side.producing();
            }
            if (late && !sample.preroll() && !finishing()) {
                long deadline = primary.arrival() + (primary.live() ? wait : MOST_WAIT_NANOS);
                if (System.nanoTime() < deadline) {
                    return until(deadline);
                }
            }
            return serve(primary);
        }

        /** What is left on the others, up to their ends, when the first has ended. */
        private InputPort rest(List<InputPort> ports) {
            for (int i = 0; i < ports.size(); i++) {
                if (ports.get(i).peek() != null) {
                    return serve(ports.get(i));
                }
            }
            return until(NEVER);
        }
    }
}
