/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.ffmpeg.RtpTimeline;
import io.levada.server.rtsp.auth.Permission;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A stream that is served under a path. The stage's thread brings formats and packets and never waits; sessions describe,
 * join and leave from their event loops.
 */
public final class Mount {

    private static final long SECOND = 1_000_000_000L;

    /** Who asks for a description joins within this time, or not at all. */
    private static final long EXPECTED = 5 * SECOND;

    /** As readers see them: players show the first video, whichever stage happened to start first. */
    private static final Comparator<MountTrack> ORDER =
            Comparator.comparingInt(MountTrack::place).thenComparingInt(MountTrack::id);

    private final String path;
    private final String owner;
    private final EventLoop home;
    private final ByteBufAllocator allocator;
    private final Counters counters = new Counters();
    private final RtpTimeline timeline = new RtpTimeline();
    private final KeyframeRequests keyframes;
    private final SenderReports reports;
    private final Feed feed;
    private final BatchQueue queue;
    private volatile MountSettings settings;

    /** By their number, null where there is none; replaced as a whole, so that other threads see a list that holds still. */
    private volatile List<MountTrack> tracks = List.of();

    private volatile int videoTrack = -1;
    private final Description description = new Description();
    private volatile boolean closed;
    private volatile long asked = System.nanoTime() - EXPECTED;
    private long index;
    private boolean lost;

    /**
     * @param owner pipeline and stage, for messages
     * @param home the event loop that the stream belongs to
     * @param budget for what is kept for new readers
     * @param keyframe asks upstream for a keyframe; called on any thread
     */
    public Mount(
            String path,
            String owner,
            EventLoop home,
            ByteBufAllocator allocator,
            GopBudget budget,
            MountSettings settings,
            Runnable keyframe) {
        this.path = path;
        this.owner = owner;
        this.home = home;
        this.allocator = allocator;
        this.settings = settings;
        this.keyframes = new KeyframeRequests(keyframe);
        this.reports = new SenderReports(allocator);
        this.feed = new Feed(home, this, keyframes, budget);
        this.queue = new BatchQueue(home, feed::take, feed::drained);
    }

    // -- the stage's thread

    /**
     * What follows on a track looks like this.
     *
     * @param place among the tracks that readers see; those of the same place are in the order of their ids
     * @throws StageException when RTP can't carry it
     */
    public void format(int id, int place, PacketFormat format) throws StageException {
        var track = track(id);
        if (track == null) {
            track = new MountTrack(id, place, allocator);
            boolean taken = false;
            try {
                track.format(format);
                taken = true;
            } finally {
                if (!taken) {
                    track.close();
                }
            }
            add(track);
        } else if (!track.format(format)) {
            endReaders("the stream's format has changed: " + format);
        }
        describe(description.tracks().isPresent());
    }

    private void add(MountTrack track) {
        var all = new ArrayList<>(tracks);
        while (all.size() <= track.id()) {
            all.add(null);
        }
        all.set(track.id(), track);
        tracks = Collections.unmodifiableList(all);
        videoTrack = all.stream()
                .filter(each -> each != null && each.video())
                .sorted(ORDER)
                .mapToInt(MountTrack::id)
                .findFirst()
                .orElse(-1);
    }

    /** All tracks that will come have a format: who asks for the description gets it. */
    public void complete() {
        if (description.tracks().isEmpty()) {
            describe(true);
        }
    }

    private void describe(boolean complete) {
        if (complete && !tracks.isEmpty()) {
            description.tracks(tracks.stream()
                    .filter(track -> track != null)
                    .sorted(ORDER)
                    .map(MountTrack::description)
                    .toList());
        }
    }

    /**
     * The next access unit of a track.
     *
     * @throws StageException when it can't be packetised; the next one may go well
     */
    public void packet(int id, Packet packet) throws StageException {
        complete();
        RtpBatch batch;
        try {
            batch = tracks.get(id).packetize(packet, timeline, index);
        } catch (OutOfMemoryError e) { // of direct memory: as if it were lost on its way, and what is cached makes room
            counters.droppedMemory.increment();
            queue.command(feed::interrupted);
            throw StageException.failed(
                    "no memory for an access unit of " + packet.size() + " bytes (" + e.getMessage() + ")");
        }
        if (batch == null) {
            return;
        }
        index++;
        if (lost) {
            queue.command(feed::interrupted);
        }
        lost = !queue.offer(batch);
        if (lost) {
            counters.droppedLoop.add(batch.packets());
            batch.release();
        }
    }

    private MountTrack track(int id) {
        return id < tracks.size() ? tracks.get(id) : null;
    }

    /** Whether a track has a format. */
    public boolean has(int id) {
        return track(id) != null;
    }

    /** What follows has nothing to do with what came before. */
    public void flush() {
        tracks.stream().filter(track -> track != null).forEach(MountTrack::flush);
        queue.command(feed::flushed);
    }

    /** Who plays it has to ask for the description again. */
    private void endReaders(String reason) {
        queue.command(() -> feed.end(reason, byes(), false));
    }

    /** Ends it, with a BYE to all readers. */
    public void close(String reason) {
        closed = true;
        description.end();
        queue.command(() -> feed.end(reason, byes(), true));
        // The home loop may be reading the tracks' counts: only the native part is closed, and only this thread uses
        // it.
        tracks.stream().filter(track -> track != null).forEach(MountTrack::close);
    }

    // -- any thread

    public String path() {
        return path;
    }

    /** Pipeline and stage. */
    public String owner() {
        return owner;
    }

    public String pipeline() {
        return owner.substring(0, owner.indexOf('/'));
    }

    public String stage() {
        return owner.substring(owner.indexOf('/') + 1);
    }

    public MountSettings settings() {
        return settings;
    }

    /** From now on readers are treated so. */
    public void settings(MountSettings settings) {
        this.settings = settings;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    /** Who may read it, if it says so itself. */
    public Optional<Permission> readers() {
        return settings.readers();
    }

    public Counters counters() {
        return counters;
    }

    public boolean closed() {
        return closed;
    }

    /** The tracks, as soon as all of them have a format. */
    public Description description() {
        return description;
    }

    /** Somebody asks about it, and may join. */
    public void expect() {
        asked = System.nanoTime();
    }

    /** Whether it has readers, or may have some soon. */
    public boolean watched() {
        return counters.readers.get() > 0 || System.nanoTime() - asked < EXPECTED;
    }

    /** Somebody will join soon. */
    public void prepare() {
        expect();
        keyframes.ask();
    }

    /** The server stops: readers are told, and what the stage still brings is dropped. */
    public void shutDown() {
        closed = true;
        home.execute(() -> feed.end("the server stops", byes(), true));
    }

    /** Lets a reader in; its owner is told when it plays. */
    public void join(Reader reader) {
        expect();
        home.execute(() -> feed.join(reader));
    }

    // -- the home loop

    /** Whether a reader can begin with this batch. */
    boolean sync(RtpBatch batch) {
        int video = videoTrack;
        return video < 0 || batch.track() == video && batch.keyframe();
    }

    /** One for each track, all about the same instant; the caller's to release. */
    List<RtpBatch> senderReports() {
        return reports(false);
    }

    private List<RtpBatch> byes() {
        return reports(true);
    }

    private List<RtpBatch> reports(boolean bye) {
        long wall = RtcpSenderReports.wallTime();
        long time = wall - timeline.wallOffset();
        var made = new ArrayList<RtpBatch>();
        for (var track : tracks) {
            if (track != null) {
                made.add(reports.report(track.description(), track.sentPackets(), track.sentOctets(), wall, time, bye));
            }
        }
        return made;
    }
}
