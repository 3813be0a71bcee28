/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.wiring.link.Link;
import java.util.Arrays;

/**
 * The packets of a video track since its last keyframe, for consumers that join in between. One that grows too large or too
 * long is given up until the next keyframe. Used under the track's lock.
 */
final class GopCache {

    private static final long MOST_BYTES = 16_000_000;
    private static final long LONGEST_NANOS = 15_000_000_000L;
    private static final int FIRST_SIZE = 64;
    private static final Packet[] NONE = {};

    private Packet[] packets = NONE;
    private int count;
    private long bytes;
    private boolean video;

    /** What follows looks like this: what came before is of no use any more. */
    void format(Format format) {
        clear();
        video = format instanceof PacketFormat && format.kind() == MediaKind.VIDEO;
    }

    /** Keeps a reference of its own. */
    void add(Sample sample) {
        if (!video || !(sample instanceof Packet packet)) {
            return;
        }
        if (packet.keyframe()) {
            clear();
        } else if (count == 0) {
            return;
        }
        if (bytes + packet.bytes() > MOST_BYTES || tooLong(packet)) {
            clear();
            return;
        }
        if (count == packets.length) {
            packets = Arrays.copyOf(packets, Math.max(FIRST_SIZE, 2 * count));
        }
        packet.retain();
        packets[count++] = packet;
        bytes += packet.bytes();
    }

    private boolean tooLong(Packet packet) {
        return count > 0 && packet.stamp().runningTime() - packets[0].stamp().runningTime() > LONGEST_NANOS;
    }

    /** Puts all of it into a link that is new, marked as being from before. */
    void replay(Link link) {
        for (int i = 0; i < count; i++) {
            var packet = packets[i];
            packet.retain();
            link.prime(
                    packet.preroll() ? packet : packet.toBuilder().preroll(true).build());
        }
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            packets[i].release();
            packets[i] = null;
        }
        count = 0;
        bytes = 0;
    }
}
