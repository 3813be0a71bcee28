/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Marker;
import io.levada.api.media.Sample;
import java.util.List;

/** Chooses which of a node's inputs is served next. */
abstract class Join {

    static final long NEVER = Long.MAX_VALUE;

    /** When to look again although nothing came; {@link #NEVER} for not at all. */
    private volatile long deadline = NEVER;

    /** The port whose next item is to be handled, or null when there is nothing to do yet. */
    abstract InputPort next(List<InputPort> ports);

    final long deadline() {
        return deadline;
    }

    final InputPort until(long deadline) {
        this.deadline = deadline;
        return null;
    }

    final InputPort serve(InputPort port) {
        deadline = NEVER;
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
     * the start time-out has passed; a live track that stays silent holds up the others for a bounded time.
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
            InputPort silent = null;
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
                } else if (!port.ended() && !(port.format().orElse(null) instanceof EventFormat)) {
                    silent = port;
                }
            }
            if (first == null) {
                return until(NEVER);
            }
            if (!started && !complete(ports)) {
                long now = System.nanoTime();
                waitingSince = waitingSince == 0 ? now : waitingSince;
                if (now - waitingSince < startTimeout && !first.link().full()) {
                    return until(waitingSince + startTimeout);
                }
            }
            started = true;
            if (silent == null || first.link().full()) {
                return serve(first); // a full link would hold up the producer that the silent one waits for
            }
            long patience = first.pendingSince() + PATIENCE_NANOS;
            if (first.live() && System.nanoTime() >= patience) {
                return serve(first);
            }
            return until(first.live() ? patience : NEVER);
        }

        private boolean complete(List<InputPort> ports) {
            for (int reference = 0; reference < references; reference++) {
                boolean formatted = false;
                for (int i = 0; i < ports.size(); i++) {
                    formatted |= ports.get(i).reference() == reference
                            && ports.get(i).format().isPresent();
                }
                if (!formatted) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The first input's samples, each after the events that belong to it. An event that comes late is delivered before the
     * sample at hand; one of another source is of no use here.
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
                return until(NEVER);
            }
            long time = sample.stamp().runningTime();
            long deadline = primary.pendingSince() + (primary.live() ? wait : MOST_WAIT_NANOS);
            boolean late = false;
            for (int i = 0; i < ports.size(); i++) {
                var side = ports.get(i);
                if (side == primary) {
                    continue;
                }
                long watermark = side.link().watermark(); // before looking into the queue
                if (side.peek() instanceof Marker) {
                    return serve(side);
                }
                if (side.peek() instanceof Event event && event.stamp().runningTime() <= time) {
                    return serve(side);
                }
                late |= side.peek() == null && watermark < time && side.producing() && !sample.preroll();
            }
            return late && System.nanoTime() < deadline ? until(deadline) : serve(primary);
        }
    }
}
