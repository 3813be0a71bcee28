/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISPOSABLE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;

import io.levada.api.media.Memory;
import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Pacer;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Interrupts;
import io.levada.ffmpeg.Packets;
import java.util.function.BooleanSupplier;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Plays the content round by round: reads ahead, maps the packets' times onto the timeline, and emits each when it is due.
 * For one thread.
 */
final class Playback implements AutoCloseable {

    private static final long READ_AHEAD = 500_000_000L;
    private static final long EAGAIN_NAP = 5_000_000L;

    /** Content whose clock goes back by more than this, or forward by more where that is usual, has a new clock. */
    private static final long JUMP_BACK = 1_000_000_000L;

    /** How many times faster than their content packets of a peer are passed on at most. */
    private static final int BACKLOG_SPEED = 16;

    private static final long JUMP_FORWARD = 10_000_000_000L;

    private final StageContext context;
    private final Interrupts interrupts;
    private final BooleanSupplier told;
    private final FFmpegLog log;
    private final Timeline timeline;
    private final Tracks tracks;
    private final ReadAhead readAhead;
    private final Pacer pacer;
    private final AVPacket packet = av_packet_alloc();
    private final Packet.Builder header = Packet.over(Memory.NONE);

    private Settings settings;
    private Demuxer demuxer;
    private String saidAtOpening = "";
    private long read;
    private boolean damaged;
    private boolean ended;
    private long smoothed;
    private long smoothedAt;
    private StageException failure;

    /**
     * Connects and announces the tracks.
     *
     * @param told whether to come back to the platform as soon as can be
     */
    Playback(
            Settings settings,
            StageContext context,
            Outputs outputs,
            Interrupts interrupts,
            BooleanSupplier told,
            FFmpegLog log)
            throws StageException {
        this.settings = settings;
        this.context = context;
        this.interrupts = interrupts;
        this.told = told;
        this.log = log;
        this.timeline = new Timeline(context.firstEpoch());
        this.tracks = new Tracks(context.id(), outputs, timeline, context.firstEpoch() > 0);
        this.readAhead =
                new ReadAhead(tracks.all(), settings.location().pushed() ? -1 : settings.paced() ? READ_AHEAD : 0);
        this.pacer = new Pacer(context.clock());
        try {
            begin();
        } catch (StageException | RuntimeException e) {
            close();
            throw e;
        }
        for (var track : tracks.all()) {
            track.output.format(track.takeFormat());
        }
    }

    /** Takes a changed {@code loop}; what else changes needs a new playback. */
    void settings(Settings settings) {
        this.settings = settings;
    }

    /**
     * Emits the next packet when it is due.
     *
     * @return false when there is nothing more
     */
    boolean step() throws StageException {
        while (!ended && readAhead.hungry()) {
            if (context.stopping() || !readOne()) {
                return true;
            }
        }
        var head = readAhead.head();
        if (head == null) {
            if (failure != null) {
                throw failure;
            }
            return !ended;
        }
        boolean go = settings.paced() ? pacer.await(head.dtsNanos) : smooth(head.dtsNanos);
        if (!go) {
            return true;
        }
        emit(head);
        return true;
    }

    /** A peer's backlog, which came while its streams were learnt, is not poured out at once. */
    private boolean smooth(long dtsNanos) {
        if (!settings.location().pushed()) {
            return true;
        }
        var clock = context.clock();
        long step = dtsNanos - smoothed;
        long due = smoothedAt + step / BACKLOG_SPEED;
        boolean wait = step > 0 && step < JUMP_BACK && due > clock.nanoTime();
        smoothed = dtsNanos;
        boolean go = !wait || clock.sleepUntil(due);
        smoothedAt = clock.nanoTime();
        return go;
    }

    private void emit(ReadAhead.Item item) {
        readAhead.take(item);
        var track = item.track;
        if (item.format != null) {
            track.output.format(item.format);
        }
        long shown = item.pts == Packet.NO_TIME ? item.dts : item.pts;
        var stamp = Stamp.of(
                track.source,
                item.epoch,
                shown,
                item.timeBase.toNanos(shown),
                context.clock().nanoTime(),
                context.clock().wallTime());
        var sample = header.memory(item.memory)
                .stamp(stamp)
                .pts(item.pts)
                .dts(item.dts)
                .duration(item.duration)
                .keyframe((item.flags & AV_PKT_FLAG_KEY) != 0)
                .disposable((item.flags & AV_PKT_FLAG_DISPOSABLE) != 0)
                .corrupt((item.flags & AV_PKT_FLAG_CORRUPT) != 0)
                .discontinuity(item.discontinuity)
                .build();
        readAhead.recycle(item);
        track.output.emit(sample);
    }

    /** @return false when it did not come to anything because produce() shall come back */
    private boolean readOne() {
        if (!damaged) {
            log.trying();
        }
        int error = demuxer.read(packet);
        if (error == 0) {
            damaged = (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0; // it may be the end that the next reading reports
            if (!damaged) {
                log.tried(true);
            }
            try {
                take(packet);
            } finally {
                av_packet_unref(packet);
            }
        } else if (Demuxer.again(error)) {
            log.tried(true);
            return context.clock().sleepUntil(context.clock().nanoTime() + EAGAIN_NAP);
        } else if (error == AVERROR_EXIT && told.getAsBoolean()) {
            log.tried(false);
            return false;
        } else {
            endRound(error);
        }
        return true;
    }

    private void take(AVPacket packet) {
        var track = tracks.of(packet.stream_index());
        if (track == null || packet.size() == 0 && packet.side_data_elems() == 0) {
            return;
        }
        boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
        long dts = packet.dts();
        if (!track.joins(key, demuxer.joinedAnywhere())) {
            return;
        }
        if (packet.side_data_elems() > 0) {
            demuxer.changedFormat(packet, track.format).ifPresent(track::change);
        }
        boolean straggler = false;
        long distance = track.distance(dts);
        if (distance < -JUMP_BACK || distance > JUMP_FORWARD && demuxer.clockMayJump()) {
            straggler = track.straggler(dts);
            if (!straggler) {
                tracks.jump(distance, track);
                context.warn(settings.shown() + ": its timestamps jump by " + Math.round(distance / 1e6)
                        + " ms; played on without a jump");
            }
        }
        if (track.map(packet.pts(), dts, packet.duration(), straggler)) {
            context.warn(settings.shown() + ": " + track.name + ": decoding times don't rise; put right");
        }
        if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            context.warn(settings.shown() + ": " + track.name + ": a packet is damaged; passed on marked so");
        }
        read++;
        var item = readAhead.blank();
        item.track = track;
        item.format = track.takeFormat();
        item.timeBase = track.timeBase;
        item.pts = track.pts;
        item.dts = track.dts;
        item.dtsNanos = track.dtsNanos();
        item.duration = track.duration;
        item.flags = packet.flags();
        item.epoch = timeline.epoch();
        item.discontinuity = track.takeDiscontinuity();
        item.memory = Packets.adopt(packet);
        readAhead.add(item);
    }

    /** A round begins: opens the content and says which stream is which track. */
    private void begin() throws StageException {
        demuxer = Demuxer.open(settings, interrupts, told, log);
        timeline.begin(context.runningStart(demuxer.age()));
        saidAtOpening = log.said();
        read = 0;
        tracks.begin(demuxer);
        if (tracks.all().stream().noneMatch(Track::steady) && demuxer.complete()) {
            throw Failures.nothingToPlay(settings, demuxer.container(), saidAtOpening);
        }
        for (var track : tracks.all()) {
            if (track.vanished()) {
                throw Failures.otherTracks(settings, track.name);
            }
        }
    }

    private void endRound(int error) {
        damaged = false;
        String said = log.said();
        failure = Failures.ofReading(settings, error, said, read).orElse(null);
        if (failure == null && read == 0) {
            failure = Failures.nothingToPlay(settings, demuxer.container(), said.isEmpty() ? saidAtOpening : said);
        }
        if (failure == null) {
            var cut = Failures.cut(settings, error, said, tracks.length(), demuxer.duration());
            log.tried(cut.isEmpty());
            if (settings.loop()) {
                cut.ifPresent(each -> context.warn(each.getMessage()));
            } else {
                failure = cut.orElse(null);
            }
        } else {
            log.tried(false);
        }
        ended = failure != null || !settings.loop();
        if (!ended) {
            nextRound();
        }
    }

    private void nextRound() {
        tracks.endRound();
        demuxer.close();
        try {
            begin();
        } catch (StageException e) {
            failure = e;
            ended = true;
        }
    }

    @Override
    public void close() {
        readAhead.clear();
        if (demuxer != null) {
            demuxer.close();
        }
        if (!packet.isNull()) {
            av_packet_free(packet);
            packet.setNull();
        }
    }
}
