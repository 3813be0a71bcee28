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
 * some milliseconds, but at most half the time until the next, a replay over a third of its duration.
 */
public final class UdpReader extends Reader {

    /** Where one track goes. */
    public record Destination(InetSocketAddress rtp, InetSocketAddress rtcp) {}

    private static final int REPLAY_SPEED = 4;
    private static final int PACKETS_PER_TICK = 32;
    private static final long TICK = 1_000_000;

    /** Of pictures, where it is not known. */
    private static final long INTERVAL = 33_000_000;

    private final UdpPorts ports;
    private final Destination[] destinations;
    private final long[] times;
    private final UdpPorts.Refused refused;

    /** Whether the kernel can cut packets apart on the way to this reader. */
    private boolean segmentable = true;

    /** What is being sent, null between batches, and how many of its sends went. */
    private Datagrams current;

    private int sent;
    private int burst = PACKETS_PER_TICK;
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
        this.times = new long[highest + 1];
        this.refused = ports.new Refused(() -> segmentable = false);
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
    boolean writable() {
        return ports.writable();
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
        return tickPackets < burst && writable();
    }

    @Override
    boolean send(RtpBatch batch) {
        if (current == null) {
            begin(batch);
        }
        var destination = destinations[batch.track()].rtp();
        for (; sent < current.sends(); sent++) {
            int packets = current.packets(sent);
            if (tickPackets > 0 && tickPackets + packets > burst) {
                pumpSoon();
                return false;
            }
            ports.write(current, sent, destination, refused);
            tickPackets += packets;
        }
        skipped();
        return true;
    }

    private void begin(RtpBatch batch) {
        current = forms().datagrams(batch, segmentable && ports.segmented()).retain();
        long interval = batch.time() - times[batch.track()];
        times[batch.track()] = batch.time();
        long ticks = (interval > 0 && interval < INTERVAL ? interval : INTERVAL) / 2 / TICK;
        burst = Math.max(PACKETS_PER_TICK, batch.packets() / (int) Math.max(1, ticks) + 1);
    }

    @Override
    void skipped() {
        sent = 0;
        if (current != null) {
            current.release();
            current = null;
        }
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
