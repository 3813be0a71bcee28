/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.server.rtsp.stream.TrackDescription;
import io.levada.server.rtsp.stream.UdpReader;

/**
 * A track as it was set up.
 *
 * @param destination where it goes over UDP; without meaning over TCP
 * @param channel its RTP channel over TCP; -1 over UDP
 */
record SessionTrack(TrackDescription description, UdpReader.Destination destination, int channel) {

    static SessionTrack tcp(TrackDescription description, int channel) {
        return new SessionTrack(description, new UdpReader.Destination(null, null), channel);
    }

    static SessionTrack udp(TrackDescription description, UdpReader.Destination destination) {
        return new SessionTrack(description, destination, -1);
    }
}
