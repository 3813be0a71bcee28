/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Reader;
import io.levada.server.rtsp.stream.RtpBatch;
import io.levada.server.rtsp.stream.Sent;
import io.levada.server.rtsp.stream.TrackDescription;
import io.levada.server.rtsp.stream.UdpPorts;
import io.levada.server.rtsp.stream.UdpReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A stream that is sent to a group: one reader for all sessions that play it, which is there while one does. What is sent has
 * all tracks. What is told to sessions is told on the group's loop.
 */
final class MulticastGroup implements Reader.Owner {

    private final Mount mount;
    private final InetAddress address;
    private final int port;
    private final int ttl;
    private final UdpPorts ports;
    private final Set<Reader.Owner> members = new LinkedHashSet<>();
    private volatile Optional<Reader> reader = Optional.empty();
    private boolean playing;

    MulticastGroup(Mount mount, InetAddress address, int port, int ttl, UdpPorts ports) {
        this.mount = mount;
        this.address = address;
        this.port = port;
        this.ttl = ttl;
        this.ports = ports;
    }

    Mount mount() {
        return mount;
    }

    /** What a client is told of a track. */
    String transport(TrackDescription track) {
        int first = port(track);
        return "RTP/AVP;multicast;destination=" + address.getHostAddress() + ";port=" + first + "-" + (first + 1)
                + ";ttl=" + ttl;
    }

    private int port(TrackDescription track) {
        return port + 2 * track.id();
    }

    /** What it was sent since somebody plays it; any thread. */
    Sent sent() {
        return reader.map(Reader::sent).orElse(Sent.NOTHING);
    }

    /** A session plays; any thread. */
    void play(Reader.Owner member) {
        ports.loop().execute(() -> {
            members.add(member);
            if (playing) {
                member.playing(List.of());
            } else if (reader.isEmpty()) {
                start();
            }
        });
    }

    private void start() {
        var destinations = new HashMap<TrackDescription, UdpReader.Destination>();
        for (var track : mount.description().tracks().orElse(List.of())) {
            int first = port(track);
            destinations.put(
                    track,
                    new UdpReader.Destination(
                            new InetSocketAddress(address, first), new InetSocketAddress(address, first + 1)));
        }
        var started = new UdpReader(ports, mount, destinations, -1, this);
        reader = Optional.of(started);
        mount.join(started);
    }

    /** A session does not play any more; any thread. */
    void pause(Reader.Owner member) {
        ports.loop().execute(() -> {
            members.remove(member);
            if (members.isEmpty()) {
                reader.ifPresent(Reader::close);
                forget();
            }
        });
    }

    private void forget() {
        reader = Optional.empty();
        playing = false;
    }

    @Override
    public void playing(Collection<RtpBatch> first) {
        playing = true;
        members.forEach(member -> member.playing(first));
    }

    @Override
    public void ended(String reason) {
        forget();
        var told = List.copyOf(members);
        members.clear();
        told.forEach(member -> member.ended(reason));
    }
}
