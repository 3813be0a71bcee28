/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtcpReader;
import io.levada.ffmpeg.RtcpReceiverReports;
import io.levada.ffmpeg.RtcpReceiverReports.Reception;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.ffmpeg.RtcpSenderReports.SenderInfo;
import io.levada.ffmpeg.RtpMedia;
import io.levada.ffmpeg.RtpPacketizer;
import io.levada.ffmpeg.RtpTimeline;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One track on its way: its packets, its ports, and what receivers tell of it. For one thread. */
final class RtpTrack implements AutoCloseable {

    private static final int VERSION = 2;
    private static final int HEADER = 12;
    private static final int RTP_SSRC = 8;
    private static final int RTCP_SSRC = 4;

    /** Somebody who sends more than this in between is not listened to further. */
    private static final int MOST_RECEIVED = 32;

    private final RtpPacketizer packetizer;
    private final RtcpReceiverReports reports;
    private final Counters counters;
    private volatile RtpMedia media;
    private PacketFormat format;
    private TimeBase clock;
    private Optional<RtpPort> port = Optional.empty();
    private int number;
    private Optional<StageException> failure = Optional.empty();
    private boolean changed;
    private long last = Long.MIN_VALUE;
    private long packets;
    private long octets;

    /** @throws StageException when RTP can't carry the format */
    RtpTrack(PacketFormat format, int packetSize, Counters counters) throws StageException {
        this.counters = counters;
        this.packetizer = new RtpPacketizer(packetSize, this::send);
        this.reports = new RtcpReceiverReports(source -> source == packetizer.ssrc());
        boolean taken = false;
        try {
            format(format);
            taken = true;
        } finally {
            if (!taken) {
                close();
            }
        }
    }

    /** What follows looks like this. Parameter sets go in band too: a receiver may have an older description. */
    void format(PacketFormat next) throws StageException {
        media = packetizer.format(next, true);
        format = next;
        clock = new TimeBase(1, media.clockRate());
    }

    /** What a description says of it. */
    RtpMedia media() {
        return media;
    }

    /** Whether it is on its way. */
    boolean started() {
        return port.isPresent();
    }

    /**
     * From now on it is sent by these ports, which are closed with it.
     *
     * @param number the port of RTP at the other end
     */
    void start(RtpPort ports, int number) {
        port = Optional.of(ports);
        this.number = number;
    }

    /** Its ports are closed. */
    void stop() {
        port.ifPresent(RtpPort::close);
        port = Optional.empty();
    }

    /** It goes on as another source, of which nothing is counted yet (RFC 3550, 6.4.1). */
    void changeSource() {
        packetizer.changeSource();
        changed = true;
        packets = 0;
        octets = 0;
    }

    /** Whether it has another SSRC than at first. */
    boolean changed() {
        return changed;
    }

    /** The port of RTP at the other end. */
    int port() {
        return number;
    }

    /**
     * Sends an access unit; without ports it is left out.
     *
     * @throws StageException of kind RETRY where there is no way to the other end, else it was this unit's fault
     */
    void send(Packet packet, RtpTimeline timeline) throws StageException {
        last = timeline.place(packet, format.timeBase(), last);
        packetizer.packetize(packet, clock.fromNanos(timeline.shift()));
        if (failure.isPresent()) {
            var thrown = failure.get();
            failure = Optional.empty();
            throw thrown;
        }
    }

    private void send(ByteBuffer packet) {
        int size = packet.remaining();
        try {
            if (port.isPresent() && failure.isEmpty() && port.get().send(packet)) {
                packets++;
                octets += size - HEADER;
                counters.sentPackets.increment();
                counters.sentBytes.add(size);
            } else {
                counters.dropped.increment();
            }
        } catch (StageException e) {
            failure = Optional.of(e);
        }
    }

    /**
     * Sends a sender report.
     *
     * @param wallTime an instant, nanoseconds since 1970
     * @param time the same instant on the stream's time line
     * @param into direct memory to write it in
     */
    void report(RtcpSenderReports from, long wallTime, long time, boolean bye, ByteBuffer into) throws StageException {
        if (port.isPresent()) {
            int timestamp = packetizer.timestampOrigin() + RtcpSenderReports.ticks(time, media.clockRate());
            var info = new SenderInfo(packetizer.ssrc(), wallTime, timestamp, packets, octets);
            into.clear();
            if (bye) {
                from.bye(info, into);
            } else {
                from.report(info, into);
            }
            port.get().send(into.flip());
        }
    }

    /**
     * Reads what receivers sent.
     *
     * @return whether somebody else has our SSRC, or sends our packets back (RFC 3550, 8.2)
     */
    boolean listen() {
        boolean collided = false;
        for (int i = 0; i < MOST_RECEIVED && port.isPresent(); i++) {
            var packet = port.get().receive();
            if (packet.isEmpty()) {
                break;
            }
            collided |= !take(packet.get());
        }
        return collided;
    }

    private boolean take(ByteBuffer packet) {
        if (packet.remaining() < RTCP_SSRC + Integer.BYTES || (packet.get(0) & 0xff) >> 6 != VERSION) {
            return true;
        }
        boolean rtcp = RtcpReader.begins(packet.get(0) & 0xff, packet.get(1) & 0xff);
        if (!rtcp && packet.remaining() < HEADER) {
            return true;
        }
        if (packet.getInt(rtcp ? RTCP_SSRC : RTP_SSRC) == packetizer.ssrc()) {
            counters.collisions.increment();
            return false;
        }
        if (rtcp) {
            reports.read(packet);
        }
        return true;
    }

    /** What a receiver said last; any thread. */
    Optional<Reception> reception() {
        return reports.of(packetizer.ssrc());
    }

    /** Reports on it so far; any thread. */
    long reports() {
        return reports.received();
    }

    /** Interarrival jitter that a receiver told last; any thread. */
    double jitterMicros() {
        return reception()
                .map(reception -> reception.jitter() * 1e6 / media.clockRate())
                .orElse(0.0);
    }

    /** To a receiver and back; any thread. */
    double roundTripMicros() {
        return reception()
                .map(reception -> Math.max(0, reception.roundTrip()) / 1e3)
                .orElse(0.0);
    }

    @Override
    public void close() {
        packetizer.close();
        stop();
    }
}
