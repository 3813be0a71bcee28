/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one publisher sends, on its way into the pipeline. For the source's thread. */
final class PublishedStream implements AutoCloseable {

    /** Tracks that are announced are waited for so long, so that they begin together. */
    private static final long START_NANOS = 5_000_000_000L;

    /** Nor for longer than until so much has come of the others. */
    private static final int MOST_PENDING = 512;

    private static final long MOST_PENDING_BYTES = 32L << 20;
    private static final int BATCH = 64;

    private record Pending(PublishedTrack track, Packet packet) {}

    private final Publisher publisher;
    private final Arrivals arrivals;
    private final Map<String, PublishedTrack> tracks = new LinkedHashMap<>();
    /** By their place in the announcement; null for what is left out. */
    private final PublishedTrack[] byPlace;

    private final List<Sequencer> sequencers = new ArrayList<>();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final long startedAt = System.nanoTime();
    private long pendingBytes;
    private boolean started;
    /** In the step at hand. */
    private boolean brought;

    private long runningEnd;
    private int epoch;

    /**
     * @param start the running time that it begins at
     * @param epoch the number of its first epoch
     * @param senderClock whether capture times are the sender's
     */
    PublishedStream(
            Publisher publisher, StageContext context, Outputs outputs, long start, int epoch, boolean senderClock)
            throws StageException {
        this.publisher = publisher;
        this.arrivals = publisher.arrivals();
        this.byPlace = new PublishedTrack[publisher.tracks().size()];
        this.runningEnd = start;
        this.epoch = epoch;
        var shared = new PublishedTrack.Shared(
                new StreamClock(start),
                arrivals,
                publisher.inOrder(),
                epoch,
                context.clock(),
                senderClock,
                this::packet);
        var numbers = new EnumMap<MediaKind, Integer>(MediaKind.class);
        boolean whole = false;
        try {
            for (var announced : publisher.tracks()) {
                if (announced.carried()) {
                    int number = numbers.merge(announced.kind(), 1, Integer::sum);
                    var name = announced.kind().word() + (number == 1 ? "" : number);
                    var track = new PublishedTrack(announced, context.id() + ":" + name, outputs.track(name), shared);
                    tracks.put(name, track);
                    byPlace[announced.index()] = track;
                    sequencers.add(track.sequencer());
                }
            }
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    Publisher publisher() {
        return publisher;
    }

    /** What it begins with. */
    String awaited() {
        return tracks.containsKey(MediaKind.VIDEO.word()) ? "keyframe" : "packet";
    }

    /**
     * Takes what has come, a batch at most.
     *
     * @return false when nothing had, nor was brought of what came before: then there is time to wait
     */
    boolean step() {
        brought = false;
        int taken = 0;
        for (var arrival = arrivals.poll(); arrival != null; arrival = ++taken < BATCH ? arrivals.poll() : null) {
            byPlace[arrival.track].take(arrival);
        }
        long now = System.nanoTime();
        for (int i = 0; i < sequencers.size(); i++) {
            sequencers.get(i).check(now);
        }
        if (!started && now - startedAt > START_NANOS) {
            start();
        }
        return taken > 0 || brought;
    }

    /** Nanoseconds until something is to be done even if nothing comes. */
    long patience(long most) {
        long now = System.nanoTime();
        long patience = most;
        for (int i = 0; i < sequencers.size(); i++) {
            if (sequencers.get(i).holds()) {
                patience = Math.min(patience, sequencers.get(i).due() - now);
            }
        }
        return Math.max(1, patience);
    }

    /** Nothing more comes: what waits for what is missing waits no longer. */
    void finish() {
        sequencers.forEach(Sequencer::giveUp);
        start();
    }

    /** Whether it has brought anything into the pipeline. */
    boolean started() {
        return started;
    }

    private void packet(PublishedTrack track, Packet packet) {
        long end = packet.stamp().runningTime();
        runningEnd = Math.max(runningEnd, end);
        epoch = Math.max(epoch, track.epoch());
        if (started) {
            brought = true;
            track.emit(packet);
            return;
        }
        pending.add(new Pending(track, packet));
        pendingBytes += packet.size();
        if (pending.size() >= MOST_PENDING
                || pendingBytes >= MOST_PENDING_BYTES
                || tracks.values().stream().allMatch(PublishedTrack::known)) {
            start();
        }
    }

    private void start() {
        if (started || pending.isEmpty()) {
            return;
        }
        started = true;
        brought = true;
        tracks.values().forEach(PublishedTrack::announce);
        for (var each = pending.poll(); each != null; each = pending.poll()) {
            each.track().emit(each.packet());
        }
    }

    /** The latest running time so far. */
    long runningEnd() {
        return runningEnd;
    }

    /** The last epoch so far. */
    int epoch() {
        return epoch;
    }

    /** Packets that came late or twice. */
    long late() {
        long sum = 0;
        for (int i = 0; i < sequencers.size(); i++) {
            sum += sequencers.get(i).late();
        }
        return sum;
    }

    @Override
    public void close() {
        pending.forEach(each -> each.packet().release());
        pending.clear();
        tracks.values().forEach(PublishedTrack::close);
        arrivals.done();
    }
}
