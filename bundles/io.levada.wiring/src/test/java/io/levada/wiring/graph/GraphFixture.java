/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What the tests of graphs have in common: small stages on a real engine. A packet's pts is its number. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class GraphFixture {

    static final Format VIDEO = Packets.video("h264", 64, 48);
    static final Format AUDIO = Packets.audio("aac", 48_000, 2);

    final Rig rig = new Rig();
    final Shelf shelf = rig.shelf;
    final Feed.Content feed = new Feed.Content(false);
    final Feed.Content camera = new Feed.Content(true);
    final Collector.Page page = new Collector.Page();
    final Collector.Page other = new Collector.Page();

    /** Of the packet that was sent last. */
    final AtomicInteger number = new AtomicInteger();

    GraphFixture() {
        shelf.put(Type.of("source.feed").emits("packet:video", "packet:audio"), () -> new Feed(feed));
        shelf.put(Type.of("source.camera").emits("packet:video", "packet:audio"), () -> new Feed(camera));
        shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        shelf.put(Type.of("sink.other").accepts("packet"), () -> new Collector(other));
        shelf.put(Type.of("sink.many").accepts("packet", "event").many(), () -> new Collector(page));
    }

    @AfterEach
    void nothingIsLeft() {
        page.open();
        rig.close(feed, camera);
    }

    /** Sends the next ones. */
    void send(Feed.Content content, int count) {
        for (int i = 0; i < count; i++) {
            content.put("video", packet(number.incrementAndGet()));
        }
    }

    /** Waits for the one that was sent last. */
    void awaitLast(Collector.Page where) {
        where.awaitNumber(number.get());
    }

    static List<Integer> all(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    static Packet packet(long number) {
        return Packets.of(TimeBase.MILLIS, 1).at(number).keyframe((byte) number);
    }

    static Packet[] packets(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(GraphFixture::packet).toArray(Packet[]::new);
    }

    static List<String> lines(String begin, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> begin + number)
                .toList();
    }
}
