/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * A reader with a pair of UDP ports for each track. Bursts are spread out, for receive buffers are small: a large picture over
 * some milliseconds, a replay over a third of its duration.
 */
public final class UdpReader extends Reader {

    /** Where one track goes. */
    public record Destination(InetSocketAddress rtp, InetSocketAddress rtcp) {}

    private static final int REPLAY_SPEED = 4;
    private static final int PACKETS_PER_TICK = 32;
    private static final long TICK = 1_000_000;

    private final UdpPorts ports;
    private final Destination[] destinations;
    private int offset;
    private long tick;
    private int tickPackets;
    private long replayStart;
    private long replayTime;
    private boolean replaying;

    public UdpReader(
            UdpPorts ports, Mount mount, Map<TrackDescription, Destination> tracks, long resumeAfter, Owner owner) {
        super(ports.loop(), mount, tracks.keySet(), resumeAfter, owner);
        this.ports = ports;
        int highest =
                tracks.keySet().stream().mapToInt(TrackDescription::id).max().orElse(0);
        this.destinations = new Destination[highest + 1];
        tracks.forEach((track, destination) -> destinations[track.id()] = destination);
    }

    @Override
    void replay(RtpBatch first) {
        replaying = true;
        replayStart = System.nanoTime();
        replayTime = first.time();
    }

    @Override
    void replayed() {
        replaying = false;
    }

    @Override
    boolean replaying() {
        return replaying;
    }

    @Override
    boolean ready(RtpBatch next) {
        long now = System.nanoTime();
        if (replaying && next.time() - replayTime > REPLAY_SPEED * (now - replayStart) || !mayBurst(now)) {
            pumpSoon();
            return false;
        }
        return true;
    }

    private boolean mayBurst(long now) {
        if (now - tick >= TICK) {
            tick = now;
            tickPackets = 0;
        }
        return tickPackets < PACKETS_PER_TICK && ports.writable();
    }

    @Override
    boolean send(RtpBatch batch) {
        var frames = batch.frames();
        var destination = destinations[batch.track()].rtp();
        int end = frames.readableBytes();
        while (offset < end && tickPackets < PACKETS_PER_TICK) {
            int length = frames.getUnsignedShort(offset + 2);
            ports.writeRtp(new DatagramPacket(frames.retainedSlice(offset + RtpBatch.PREFIX, length), destination));
            offset += RtpBatch.PREFIX + length;
            tickPackets++;
        }
        if (offset < end) {
            pumpSoon();
            return false;
        }
        offset = 0;
        return true;
    }

    @Override
    void skipped() {
        offset = 0;
    }

    @Override
    void sendReport(RtpBatch report) {
        var frames = report.frames();
        ports.writeRtcp(new DatagramPacket(
                frames.retainedSlice(RtpBatch.PREFIX, frames.readableBytes() - RtpBatch.PREFIX),
                destinations[report.track()].rtcp()));
    }

    @Override
    void flush() {
        ports.flush();
    }
}
