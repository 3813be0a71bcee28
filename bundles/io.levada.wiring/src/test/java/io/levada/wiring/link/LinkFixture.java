/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A link as its producer and consumer see it; packets are told apart by their pts, which counts from 0. */
abstract class LinkFixture {

    static final long FRAME_NANOS = 40_000_000;

    final Packets packets = Packets.of(TimeBase.MILLIS, 40);

    int producerWakes;

    int consumerWakes;

    Link link;

    @BeforeEach
    void forgetOtherTests() {
        LeakDetector.reset();
    }

    @AfterEach
    void everythingIsReleased() {
        take(Integer.MAX_VALUE);
        assertEquals(List.of(), LeakDetector.live());
    }

    Link link(Limits limits) {
        link = new Link("cam:video", "lobby/sink", limits, true, () -> producerWakes++, () -> consumerWakes++);
        return link;
    }

    Packet delta() {
        return packets.delta((byte) 1);
    }

    Packet keyframe() {
        return packets.keyframe((byte) 1);
    }

    Packet disposable() {
        return delta().toBuilder().disposable(true).build();
    }

    void offer(int deltas) {
        for (int i = 0; i < deltas; i++) {
            link.offer(delta());
        }
    }

    void take(int items) {
        for (int i = 0; i < items; i++) {
            var item = link.poll();
            if (item == null) {
                return;
            }
            if (item instanceof Sample sample) {
                sample.release();
            }
        }
    }

    /** Takes all there is: numbers of packets, markers as they are. */
    List<Object> drained() {
        var all = new ArrayList<Object>();
        for (StreamItem item = link.poll(); item != null; item = link.poll()) {
            if (item instanceof Sample sample) {
                all.add(sample.pts() / 40);
                sample.release();
            } else {
                all.add(item);
            }
        }
        return all;
    }

    static List<Object> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).<Object>mapToObj(Long::valueOf).toList();
    }
}
