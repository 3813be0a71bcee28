/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Memory;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Clock;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.Packets;
import io.levada.ffmpeg.RtpDepacketizer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** One track of a published stream: packets are put in order, made access units and given their times. For the source's thread. */
final class PublishedTrack implements AutoCloseable {

    /** RTP timestamps that jump by more than what went by, and this, are another clock's. */
    private static final long JUMP = 10_000_000_000L;

    /** Where its packets go. */
    interface Sink {

        /** Takes over one reference. */
        void packet(PublishedTrack track, Packet packet);
    }

    /**
     * What all tracks of a stream share.
     *
     * @param inOrder whether packets come in their order
     * @param epoch the first one's number
     * @param senderClock whether capture times are those of the sender's clock, once it told
     */
    record Shared(
            StreamClock stream,
            Arrivals arrivals,
            boolean inOrder,
            int epoch,
            Clock clock,
            boolean senderClock,
            Sink sink) {}

    private final AnnouncedTrack announced;
    private final String source;
    private final Output output;
    private final Shared shared;
    private final Sequencer sequencer;
    private final TrackClock times;
    private final Packet.Builder header = Packet.over(Memory.NONE);

    private RtpDepacketizer depacketizer;
    private PacketFormat format;
    /** What those who take from it know; null at first. */
    private PacketFormat told;

    private int epoch;
    private boolean discontinuity;
    private boolean begun;
    private int ssrc;
    private int lastTime;
    private long lastNanos;
    private long arrived;
    private long lastDts = Long.MIN_VALUE;

    /** @param source of stamps */
    PublishedTrack(AnnouncedTrack announced, String source, Output output, Shared shared) throws StageException {
        this.announced = announced;
        this.source = source;
        this.output = output;
        this.shared = shared;
        this.epoch = shared.epoch();
        this.discontinuity = epoch > 0;
        this.depacketizer = new RtpDepacketizer(announced.description(), this::unit);
        this.format = depacketizer.format();
        this.times = shared.stream().track(depacketizer.timeBase());
        this.sequencer = new Sequencer(shared.inOrder(), this::inOrder, shared.arrivals()::recycle);
    }

    /** Whether enough is known of it for those who take from it: what sound is like SDP tells as a rule, of pictures the first one. */
    boolean known() {
        return described() || lastDts != Long.MIN_VALUE;
    }

    /** By its description alone. */
    private boolean described() {
        return announced.kind() == MediaKind.AUDIO && format.sampleRate() > 0 && format.channels() > 0;
    }

    /** Tells those who take from it what follows looks like, if that is new. */
    void announce() {
        if (known() && format != told) {
            told = format;
            output.format(format);
        }
    }

    /** Takes over one reference. */
    void emit(Packet packet) {
        announce();
        output.emit(packet);
    }

    int epoch() {
        return epoch;
    }

    Sequencer sequencer() {
        return sequencer;
    }

    /** An RTP packet or a report. */
    void take(Arrival arrival) {
        if (arrival.report()) {
            shared.stream().report(times, arrival.wallTime, arrival.timestamp);
            shared.arrivals().recycle(arrival);
        } else {
            sequencer.take(arrival);
        }
    }

    private void inOrder(Arrival arrival) {
        if (begun && (arrival.ssrc() != ssrc || jumps(arrival))) {
            restart();
        }
        begun = true;
        ssrc = arrival.ssrc();
        lastTime = arrival.rtpTime();
        lastNanos = arrival.nanos;
        arrived = arrival.nanos;
        depacketizer.take(arrival.packet.nioBuffer());
    }

    private boolean jumps(Arrival arrival) {
        long step = times.base().toNanos(arrival.rtpTime() - lastTime);
        return step < -JUMP || step > JUMP + 2 * (arrival.nanos - lastNanos);
    }

    /** The publisher's encoder began anew. */
    private void restart() {
        depacketizer.close();
        try {
            depacketizer = new RtpDepacketizer(announced.description(), this::unit);
        } catch (StageException e) {
            throw new IllegalStateException(e); // it was understood before
        }
        times.forget();
        epoch++;
        discontinuity = true;
    }

    private void unit(AVPacket unit) {
        boolean key = (unit.flags() & AV_PKT_FLAG_KEY) != 0;
        shared.stream().next(times, unit.dts(), arrived);
        long dts = times.map(unit.dts());
        long pts = times.map(unit.pts());
        if (dts <= lastDts) {
            return; // it overlaps what came of the publisher before
        }
        if (key && !described()) {
            format = depacketizer.format();
        }
        lastDts = dts;
        var packet = header.memory(Packets.adopt(unit))
                .stamp(Stamp.of(source, epoch, pts, times.base().toNanos(pts), arrived, captureTime(unit.pts())))
                .pts(pts)
                .dts(dts)
                .duration(unit.duration())
                .keyframe(key)
                .corrupt((unit.flags() & AV_PKT_FLAG_CORRUPT) != 0)
                .discontinuity(discontinuity)
                .build();
        discontinuity = false;
        shared.sink().packet(this, packet);
    }

    private long captureTime(long time) {
        var clock = shared.clock();
        return shared.senderClock() && times.reported()
                ? times.wallTime(time)
                : clock.wallTime() - (clock.nanoTime() - arrived);
    }

    @Override
    public void close() {
        sequencer.clear();
        depacketizer.close();
    }
}
