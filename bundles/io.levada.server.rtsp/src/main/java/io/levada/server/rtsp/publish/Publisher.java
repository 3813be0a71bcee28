/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.ffmpeg.RtcpReader;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One client that sends a stream, from RECORD to its end. What comes is received on the session's event loop, and taken by the
 * source's thread.
 */
public final class Publisher {

    private final String client;
    private final String user;
    private final String transport;
    private final List<AnnouncedTrack> tracks;
    private final Reception[] receptions;
    private final boolean[] left;
    private final int ssrc = ThreadLocalRandom.current().nextInt();
    private final Instant since = Instant.now();
    private final Consumer<String> dismiss;
    private final Arrivals arrivals = new Arrivals();
    private final Listening listening = new Listening();

    private volatile Runnable wake = () -> {};
    private volatile boolean parting;
    private volatile Optional<String> gone = Optional.empty();
    private volatile long overrun;

    /**
     * @param client its address, for people
     * @param user as whom it signed in; empty if it did not have to
     * @param transport {@code udp} or {@code tcp}; what travels by TCP is in order
     * @param dismiss ends its session, saying why; any thread
     */
    public Publisher(
            String client, String user, String transport, List<AnnouncedTrack> tracks, Consumer<String> dismiss) {
        this.client = client;
        this.user = user;
        this.transport = transport;
        this.tracks = List.copyOf(tracks);
        this.dismiss = dismiss;
        this.left = new boolean[tracks.size()];
        this.receptions = tracks.stream()
                .map(track -> new Reception(track.payloadType(), track.clockRate()))
                .toArray(Reception[]::new);
    }

    public String client() {
        return client;
    }

    String user() {
        return user;
    }

    public String transport() {
        return transport;
    }

    boolean inOrder() {
        return transport.equals("tcp");
    }

    List<AnnouncedTrack> tracks() {
        return tracks;
    }

    // -- on the session's event loop

    /**
     * RTP or RTCP of a track, lent.
     *
     * @return whether it is either, so that the client is alive
     */
    public boolean received(int track, ByteBuf packet) {
        long now = System.nanoTime();
        if (rtcp(packet)) {
            listening.track = track;
            listening.nanos = now;
            RtcpReader.read(packet.nioBuffer(), listening);
            return true;
        }
        if (!receptions[track].rtp(packet, now)) {
            return false;
        }
        if (tracks.get(track).carried()) {
            var arrival = arrivals.blank();
            arrival.track = track;
            arrival.nanos = now;
            arrival.packet = packet.retain();
            offer(arrival);
        }
        return true;
    }

    /** Without a view of its bytes, which an RTP packet shall not cost. */
    private static boolean rtcp(ByteBuf packet) {
        int start = packet.readerIndex();
        return packet.readableBytes() >= 4
                && RtcpReader.begins(packet.getUnsignedByte(start), packet.getUnsignedByte(start + 1));
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void offer(Arrival arrival) {
        if (!arrivals.offer(arrival)) {
            overrun++;
        }
        wake.run();
    }

    private final class Listening implements RtcpReader.Listener {

        private int track;
        private long nanos;

        @Override
        public void senderReport(int from, long ntp, int timestamp) {
            var reception = receptions[track];
            if (ntp == 0 || reception.begun() && !reception.of(from)) {
                return; // it has no clock, or is somebody else's
            }
            reception.reported(ntp, nanos);
            var arrival = arrivals.blank();
            arrival.track = track;
            arrival.nanos = nanos;
            arrival.wallTime = Rtcp.wallTime(ntp);
            arrival.timestamp = timestamp;
            offer(arrival);
        }

        @Override
        public void bye(int from) {
            left[track] |= receptions[track].of(from);
        }
    }

    /** Whether all that came has said good-bye. */
    public boolean saidBye() {
        boolean any = false;
        for (int i = 0; i < left.length; i++) {
            if (!left[i] && receptions[i].begun()) {
                return false;
            }
            any |= left[i];
        }
        return any;
    }

    /**
     * Writes a receiver's report.
     *
     * @return false if nothing came of the track yet
     */
    public boolean report(int track, ByteBuf out) {
        if (!receptions[track].begun()) {
            return false;
        }
        Rtcp.report(out, ssrc, receptions[track], System.nanoTime());
        return true;
    }

    /** It has ended its session; what it sent before may still come. */
    public void parts() {
        parting = true;
    }

    /** Whether another may take its place at once. */
    boolean parting() {
        return parting;
    }

    /** Nothing more comes of it. */
    public void gone(String reason) {
        gone = Optional.of(reason);
        arrivals.done();
        wake.run();
    }

    // -- for the source

    /** Ends its session; any thread. */
    void dismiss(String reason) {
        dismiss.accept(reason);
    }

    /** @param wake called when there is something new, on the event loop */
    void listen(Runnable wake) {
        this.wake = wake;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    /** Why it is gone, if it is. */
    Optional<String> gone() {
        return gone;
    }

    // -- for lists, any thread

    /** When it began to send. */
    Instant since() {
        return since;
    }

    long packets() {
        long sum = 0;
        for (var reception : receptions) {
            sum += reception.packets();
        }
        return sum;
    }

    long bytes() {
        long sum = 0;
        for (var reception : receptions) {
            sum += reception.bytes();
        }
        return sum;
    }

    /** RTP packets that never came, as their numbers tell; what comes late counts until it comes. */
    long lost() {
        long sum = 0;
        for (var reception : receptions) {
            sum += reception.lost();
        }
        return sum;
    }

    /** What came and could not be taken as fast. */
    long overrun() {
        return overrun;
    }
}
