/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Brings a stream's batches from the stage to the lanes, keeps the last GOP, and lets readers in at the right place. All is
 * done on the stream's home loop, so that what a new reader replays and what follows live fit together exactly.
 */
final class Feed {

    private static final long REPORT_SECONDS = 5;
    private static final long CHECK_SECONDS = 1;

    /** How long a reader waits for a keyframe that was asked for, when there is a GOP to replay instead. */
    private static final long FRESH_MILLIS = 200;

    /** How long it waits when there is nothing to replay, before it is told that it plays. */
    private static final long PATIENCE_MILLIS = 3000;

    private final EventLoop loop;
    private final Mount mount;
    private final GopCache cache;
    private final KeyframeRequests keyframes;
    private final Map<EventLoop, Lane> lanes = new IdentityHashMap<>();
    private final List<Lane> laneList = new ArrayList<>();

    /** Readers that shall begin with the next keyframe. */
    private final ArrayDeque<Reader> waiting = new ArrayDeque<>();

    /** Readers that had all there is when they came back. */
    private final ArrayDeque<Reader> resuming = new ArrayDeque<>();

    private boolean ticking;
    private int ticks;
    private boolean ended;

    Feed(EventLoop loop, Mount mount, KeyframeRequests keyframes, GopBudget budget) {
        this.loop = loop;
        this.mount = mount;
        this.keyframes = keyframes;
        this.cache = new GopCache(budget, mount.counters().gopsGivenUp);
    }

    /** Takes over the batch's reference. */
    void take(RtpBatch batch) {
        if (ended) {
            batch.release();
            return;
        }
        boolean sync = !batch.late() && mount.sync(batch);
        if (sync) {
            keyframes.arrived();
        }
        if (!batch.late()) {
            cache.add(batch, sync, mount.settings());
        }
        for (int i = 0; i < laneList.size(); i++) {
            laneList.get(i).hand(batch, loop);
        }
        batch.release();
        for (int i = resuming.size(); i > 0; i--) {
            resume(resuming.poll());
        }
        if (sync) {
            for (var next = waiting.poll(); next != null; next = waiting.poll()) {
                enter(next, cache.all(), false);
            }
        }
    }

    void drained() {
        for (int i = 0; i < laneList.size(); i++) {
            laneList.get(i).handed(loop);
        }
    }

    /** Batches were lost before they came here. */
    void interrupted() {
        cache.clear();
        laneList.forEach(lane -> lane.command(lane::interrupted, loop));
    }

    /** What is cached does not fit to what follows. */
    void flushed() {
        cache.clear();
    }

    /** Lets a reader in, sooner or later. */
    void join(Reader reader) {
        if (ended) {
            reader.loop().execute(() -> reader.end("the stream has ended"));
            return;
        }
        tick();
        if (reader.sentIndex() >= 0 && cache.continues(reader.sentIndex())) {
            resume(reader);
            if (resuming.peekLast() == reader) {
                loop.schedule(() -> stalled(reader), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } else if (!reader.tracks().anyVideo() && !cache.isEmpty()) {
            enter(reader, cache.newest(reader.tracks()::wants), false);
        } else if (cache.isEmpty() || mount.settings().join() == Join.LIVE) {
            await(reader, PATIENCE_MILLIS);
        } else if (keyframes.expectedSoon()) {
            await(reader, FRESH_MILLIS);
        } else {
            enter(reader, cache.all(), false);
        }
    }

    /** Goes on where the reader was, as soon as there is something for it. */
    private void resume(Reader reader) {
        if (!cache.continues(reader.sentIndex())) {
            await(reader, PATIENCE_MILLIS); // a keyframe came in between, and the cache begins with it
            return;
        }
        var missed = cache.after(reader.sentIndex());
        if (missed.stream().anyMatch(reader.tracks()::wants)) {
            enter(reader, missed, true);
        } else {
            missed.forEach(RtpBatch::release);
            resuming.add(reader);
        }
    }

    /** Nothing came for a reader that had all there is: it is told that it plays, and gets what comes. */
    private void stalled(Reader reader) {
        if (resuming.remove(reader)) {
            enter(reader, List.of(), true);
        }
    }

    private void await(Reader reader, long millis) {
        keyframes.ask();
        waiting.add(reader);
        loop.schedule(
                () -> {
                    if (waiting.remove(reader)) {
                        boolean live = mount.settings().join() == Join.LIVE;
                        enter(reader, live ? List.of() : cache.all(), false);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void enter(Reader reader, List<RtpBatch> replay, boolean resumed) {
        var lane = lanes.computeIfAbsent(reader.loop(), this::lane);
        var reports = mount.senderReports();
        lane.expect();
        lane.command(() -> lane.join(reader, replay, resumed, reports), loop);
    }

    private Lane lane(EventLoop reader) {
        var lane = new Lane(reader, mount.counters(), mount.allocator());
        laneList.add(lane);
        return lane;
    }

    /** Sender reports every few seconds and a look at stalled readers, while there are any. */
    private void tick() {
        if (ticking) {
            return;
        }
        ticking = true;
        loop.schedule(this::ticked, CHECK_SECONDS, TimeUnit.SECONDS);
    }

    private void ticked() {
        ticking = false;
        if (ended || mount.counters().readers.get() == 0 && waiting.isEmpty()) {
            return;
        }
        tick();
        laneList.forEach(lane -> lane.command(lane::check, loop));
        if (++ticks % REPORT_SECONDS == 0) {
            for (var report : mount.senderReports()) {
                laneList.forEach(lane -> lane.hand(report, loop));
                report.release();
            }
            drained();
        }
    }

    /**
     * Ends all readers.
     *
     * @param byes what is sent to them as the last; takes over the references
     */
    void end(String reason, List<RtpBatch> byes, boolean forGood) {
        ended |= forGood;
        cache.clear();
        for (var bye : byes) {
            laneList.forEach(lane -> lane.hand(bye, loop));
            bye.release();
        }
        drained();
        laneList.forEach(lane -> lane.command(() -> lane.end(reason), loop));
        waiting.addAll(resuming);
        resuming.clear();
        waiting.forEach(reader -> reader.loop().execute(() -> reader.end(reason)));
        waiting.clear();
    }
}
