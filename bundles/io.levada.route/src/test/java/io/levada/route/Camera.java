/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Accepts;
import io.levada.testkit.Collected;
import io.levada.testkit.Packets;
import java.util.List;

/** A camera at 25 pictures a second, with a keyframe in every tenth. */
final class Camera {

    static final int GOP = 10;
    static final long TICKS = 3600;
    static final long NANOS = 40_000_000;
    static final PacketFormat FORMAT = Packets.video("h264", 64, 48);

    private final Packets packets;

    Camera(String name) {
        packets = Packets.of(TimeBase.RTP_VIDEO, TICKS).source("lobby/" + name);
    }

    /** Its n-th picture. */
    Packet packet(long number) {
        packets.at(number * TICKS);
        return number % GOP == 0 ? packets.keyframe((byte) number) : packets.delta((byte) number);
    }

    /** The same for the contract test; each round begins with a keyframe. */
    static Accepts accepts() {
        return Accepts.stream(FORMAT, (round, index) -> {
            var packets = Packets.of(TimeBase.RTP_VIDEO, TICKS).epoch(round).at((1000L * round + index) * TICKS);
            return index == 0 ? packets.keyframe((byte) index) : packets.delta((byte) index);
        });
    }

    /** Which pictures came, by their own times. */
    static List<Long> numbers(Collected<? extends Sample> samples) {
        return samples.list().stream()
                .map(sample -> sample.stamp().runningTime() / NANOS)
                .toList();
    }

    /** When they came out, in pictures. */
    static List<Long> times(Collected<Packet> packets) {
        return packets.list().stream().map(packet -> packet.dts() / TICKS).toList();
    }
}
