/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Request;

/** What a node does with what comes: a bounded piece of it in each turn. Used in the node's turns alone. */
final class StageWork {

    private static final int TURN_SAMPLES = 16;
    private static final long TURN_NANOS = 2_000_000;

    private final StageNode node;
    private final StageLife life;
    private final Ports ports;
    private final Intake intake;
    private final OutputTrack output;
    private final Occupant occupant;
    private final Figures figures;

    /** The moment that the stage was told last; null before. */
    private Stamp advancedTo;

    StageWork(StageNode node, StageLife life, Ports ports, Intake intake, OutputTrack output) {
        this.node = node;
        this.life = life;
        this.ports = ports;
        this.intake = intake;
        this.output = output;
        this.occupant = life.occupant();
        this.figures = node.figures();
    }

    /** @return whether there is more to do at once */
    boolean turn(long started) throws Exception {
        if (life.over()) {
            ports.discard();
            return false;
        }
        for (var request = node.requests().poll();
                request != null;
                request = node.requests().poll()) {
            answer(request);
        }
        if (life.suspended()) {
            return false;
        }
        if (!life.able()) {
            return absent();
        }
        if (occupant.present() && output.hasRoom() && node.takeWake()) {
            occupant.instance().wake();
        }
        long now = started;
        for (int i = 0; i < TURN_SAMPLES && now - started < TURN_NANOS; i++) {
            if (!output.hasRoom()) {
                return false; // the consumer wakes us
            }
            if (!occupant.ready()) {
                return false; // the stage does
            }
            var port = next();
            if (port == null) {
                return false;
            }
            handle(port, now);
            if (life.over() || !life.able() || node.opened()) {
                return true;
            }
            now = System.nanoTime();
        }
        return true;
    }

    /** By the stage, or by those upstream. */
    private void answer(Request request) throws Exception {
        if (!occupant.present() || !occupant.instance().stage().request(request)) {
            for (var port : ports.all()) {
                port.request(request);
            }
        }
    }

    private InputPort next() throws Exception {
        var reached = intake.reached();
        long covered = intake.covered();
        var port = intake.next();
        if (port != null) {
            return port;
        }
        if (output.format() instanceof EventFormat) { // maybe a stage between an analyzer and a join
            reach(reached, covered);
        }
        if (intake.finishing()) {
            life.conclude(); // nothing is left
        }
        return null;
    }

    private void reach(Stamp reached, long covered) throws Exception {
        if (reached != null && reached != advancedTo && occupant.present()) {
            advancedTo = reached;
            occupant.instance().advance(reached);
            if (!occupant.later()) {
                output.reached(reached);
            }
        }
        if (!occupant.later() && covered != Long.MIN_VALUE) {
            output.watermark(covered);
        }
    }

    private void handle(InputPort port, long now) throws Exception {
        var item = port.take();
        if (item instanceof Sample sample) {
            handle(port, sample, now);
        } else if (item instanceof Format format) {
            life.format(port, format);
        } else if (item instanceof End && port.superseded()) {
            ports.retire(port);
        } else if (item instanceof End) {
            port.end();
            if (ports.over()) {
                life.conclude();
            }
        } else if (item instanceof Gap gap && occupant.present()) {
            port.gap(gap);
            occupant.instance().gap(port, gap);
        } else if (item instanceof Flush flush && occupant.present()) {
            occupant.instance().flush(port, flush);
        }
    }

    private void handle(InputPort port, Sample sample, long now) throws Exception {
        if (port.repeats(sample)) {
            sample.release();
            return;
        }
        try {
            figures.in.increment();
            if (port.kind() == MediaKind.VIDEO) {
                figures.pictures.increment();
            }
            if (!sample.preroll()) {
                figures.latency.record(now - sample.stamp().captured());
            }
            occupant.instance().process(port, sample);
        } finally {
            sample.release();
        }
    }

    /** Nobody is there to work: live content passes by, other content waits for who comes back. */
    private boolean absent() {
        boolean mayComeBack = node.state() == State.RETRYING || node.state() == State.WAITING;
        if (intake.finishing() || node.leaving() || node.live() || !mayComeBack) {
            ports.passBy();
        }
        if (intake.finishing() || (node.state() != State.RETRYING && ports.anyAndAllEnded())) {
            life.concludeAbsent();
        }
        return false;
    }
}
