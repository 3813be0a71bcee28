/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Who plays a stream: a bounded, keyframe-aware queue in front of a socket. One that is slow is skipped forward to a keyframe,
 * and evicted if it never catches up. All methods are for its own event loop.
 */
public abstract class Reader {

    /** Told on the reader's loop. */
    public interface Owner {

        /**
         * It starts to play; packets follow after the call.
         *
         * @param first each track's first batch, as far as it is known
         */
        void playing(Collection<RtpBatch> first);

        /** The server ended it. */
        void ended(String reason);
    }

    private final EventLoop loop;
    private final Owner owner;
    private final ReaderTracks tracks;
    private final ArrayDeque<RtpBatch> queue = new ArrayDeque<>();
    private final Counters counters;
    private final MountSettings settings;
    private Lane lane;

    private long queuedBytes;
    private long replayBytes;
    private long sentIndex;
    private long behindSince;
    private final Count packets = new Count();
    private final Count bytes = new Count();
    private final Count dropped = new Count();
    private final Count skips = new Count();
    private boolean skipping;
    private boolean closed;

    /** @param resumeAfter the last batch that an earlier reader of the same session was sent, or -1 */
    Reader(EventLoop loop, Mount mount, Collection<TrackDescription> tracks, long resumeAfter, Owner owner) {
        this.loop = loop;
        this.owner = owner;
        this.tracks = new ReaderTracks(tracks);
        this.counters = mount.counters();
        this.settings = mount.settings();
        this.sentIndex = resumeAfter;
    }

    /** Whether the socket takes bytes now. */
    abstract boolean writable();

    /** Whether it may be sent this batch now. */
    abstract boolean ready(RtpBatch next);

    /** Hands a batch to the socket. Returns false when only a part of it went and the rest has to wait. */
    abstract boolean send(RtpBatch batch);

    /** Hands an RTCP packet to the socket. */
    abstract void sendReport(RtpBatch report);

    /** Lets what was handed to the socket go out. */
    abstract void flush();

    /** Whether it is behind because it replays, not because it is slow. */
    boolean replaying() {
        return false;
    }

    /** A replay that begins with this batch follows; it is faster than the live stream. */
    void replay(RtpBatch first) {}

    /** It has all there is. */
    void replayed() {}

    final EventLoop loop() {
        return loop;
    }

    /** Lets {@link #pump} be called again within about a millisecond. */
    final void pumpSoon() {
        if (lane != null) {
            lane.pumpSoon();
        }
    }

    /** Of the lane that it is in. */
    final BatchForms forms() {
        return lane.forms();
    }

    final ReaderTracks tracks() {
        return tracks;
    }

    final Counters counters() {
        return counters;
    }

    final boolean closed() {
        return closed;
    }

    /** Index of the last batch that was sent, or -1. */
    public final long sentIndex() {
        return sentIndex;
    }

    // -- for lists of readers; any thread, and what it sees may be a moment old

    /** What it was sent so far. */
    public final Sent sent() {
        return new Sent(packets.value(), bytes.value(), dropped.value(), skips.value());
    }

    /** Batches that wait for it. */
    public final int queued() {
        return queue.size();
    }

    /** Their bytes, shared with other readers. */
    public final long queuedBytes() {
        return queuedBytes;
    }

    /** Whether it was let in. */
    public final boolean started() {
        return lane != null;
    }

    /** Whether it gets nothing until the next keyframe. */
    public final boolean skipping() {
        return skipping;
    }

    // -- its loop

    /**
     * Starts to play.
     *
     * @param replay what to begin with; takes over the references
     * @param resumed whether that goes on right after what the reader had
     */
    final void start(Lane joined, List<RtpBatch> replay, boolean resumed, List<RtpBatch> reports) {
        lane = joined;
        var first = new TreeMap<Integer, RtpBatch>();
        for (var batch : replay) {
            if (tracks.wants(batch) && (resumed || tracks.usable(batch))) {
                first.putIfAbsent(batch.track(), batch);
                queue.add(batch);
                queuedBytes += batch.bytes();
            } else {
                batch.release();
            }
        }
        if (resumed) {
            tracks.resume();
        }
        replayBytes = queuedBytes;
        owner.playing(List.copyOf(first.values()));
        reports.forEach(this::report);
        if (!queue.isEmpty()) {
            replay(queue.getFirst());
        }
        pump();
        flush();
    }

    /** Takes a batch of the live stream; it is lent. */
    final void deliver(RtpBatch batch) {
        if (closed || !tracks.wants(batch)) {
            return;
        }
        if (batch.rtcp()) {
            report(batch);
        } else if (tracks.usable(batch)) {
            skipping = false;
            queue.add(batch.retain());
            queuedBytes += batch.bytes();
            pump();
            limit();
        } else if (skipping) {
            drop(batch);
        }
    }

    private void report(RtpBatch report) {
        if (tracks.wants(report)) {
            sendReport(report);
            counters.bytes.add(report.bytes());
            bytes.add(report.bytes());
        }
    }

    /** Sends what the socket takes. */
    final void pump() {
        for (var head = queue.peek(); head != null && !closed && ready(head); head = queue.peek()) {
            if (!send(head)) {
                return;
            }
            queue.poll();
            queuedBytes -= head.bytes();
            sentIndex = Math.max(sentIndex, head.index());
            counters.bytes.add(head.bytes());
            counters.packets.add(head.packets());
            bytes.add(head.bytes());
            packets.add(head.packets());
            head.release();
        }
        if (queue.isEmpty()) {
            replayed();
            replayBytes = 0;
            if (!skipping || writable()) { // else what it did not read was only taken away from it
                behindSince = 0;
            }
        }
    }

    private void limit() {
        if (queue.isEmpty() && behindSince == 0) {
            return;
        }
        if (replaying()) {
            behindSince = 0; // it is held back, not slow
        } else if (evicted(System.nanoTime())) {
            return;
        }
        if (!queue.isEmpty() && (late() || queuedBytes > settings.queueBytes() + replayBytes)) {
            skip();
        }
    }

    private boolean late() {
        return replayBytes == 0 && queue.getLast().time() - queue.getFirst().time() > settings.queueTime();
    }

    private boolean evicted(long now) {
        if (behindSince == 0) {
            behindSince = now;
        }
        boolean hopeless = now - behindSince > settings.patience();
        if (hopeless) {
            counters.evicted.increment();
            end("read too slowly for " + settings.patience() / 1_000_000_000L + " s");
        }
        return hopeless;
    }

    /** Goes on at the newest keyframe in the queue, or at the next one that comes. */
    private void skip() {
        long newest = Long.MAX_VALUE;
        if (tracks.anyVideo()) {
            for (var batch : queue) {
                if (batch.keyframe() && tracks.video(batch)) {
                    newest = batch.index();
                }
            }
        }
        boolean first = queue.getFirst().index() == newest;
        skipping = true;
        skips.add(1);
        tracks.restart();
        var kept = new ArrayDeque<RtpBatch>();
        for (var batch = queue.poll(); batch != null; batch = queue.poll()) {
            if (!first && batch.index() >= newest && tracks.usable(batch)) {
                kept.add(batch);
            } else {
                queuedBytes -= batch.bytes();
                drop(batch);
                batch.release();
            }
        }
        queue.addAll(kept);
        skipped();
    }

    /** The head of the queue is another one, or there is none. */
    void skipped() {}

    private void drop(RtpBatch batch) {
        dropped.add(batch.packets());
        counters.droppedSlow.add(batch.packets());
    }

    /** Batches were lost on the way here: begin with a keyframe again. */
    final void interrupted() {
        skipping = true;
        tracks.restart();
    }

    /** Looks whether its time is over, also when nothing is delivered. */
    final void check() {
        if (!closed) {
            pump();
            limit();
            flush();
        }
    }

    /** The server ends it. */
    final void end(String reason) {
        if (!closed) {
            flush();
            close();
            owner.ended(reason);
        }
    }

    /** The server ends it after a fault; nothing more is tried with its socket. */
    final void giveUp(String reason) {
        if (!closed) {
            close();
            owner.ended(reason);
        }
    }

    /** Leaves the stream; nothing is sent after it. */
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        queue.forEach(RtpBatch::release);
        queue.clear();
        queuedBytes = 0;
        skipped();
        if (lane != null) {
            lane.leave(this);
        }
    }
}
