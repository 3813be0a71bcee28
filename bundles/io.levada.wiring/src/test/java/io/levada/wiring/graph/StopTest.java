/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a graph ends. */
class StopTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);

    private final Rig rig = new Rig();
    private final Feed.Content feed = new Feed.Content(false);
    private final Collector.Page page = new Collector.Page();

    @AfterEach
    void nothingIsLeft() {
        rig.close(feed);
    }

    private static Packet[] packets(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> Packets.of(TimeBase.MILLIS, 1).at(number).keyframe((byte) number))
                .toArray(Packet[]::new);
    }

    @Test
    void nothingWaitsForATypeThatNeverCame() {
        rig.shelf.put(Type.of("source.feed").emits("packet:video"), () -> new Feed(feed));
        rig.shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        var graph = rig.start(
                "cam.type = source.feed",
                "pass.type = filter.pass",
                "pass.from = cam",
                "late.type = sink.late",
                "late.from = pass");
        feed.put("video", VIDEO).put("video", packets(1, 10));
        Rig.awaitProblem(graph, "late.type  waits");
        long begin = System.nanoTime();
        graph.stop();
        assertTrue(System.nanoTime() - begin < 2_000_000_000L);
    }

    @Test
    void whatIsOnTheWayReachesItsEndThoughAnotherConsumerIsAway() {
        rig.shelf.put(Type.of("source.feed").emits("packet:video"), () -> new Feed(feed));
        rig.shelf.put(Type.of("filter.slow").accepts("packet").emits("same"), () -> new Passage(5));
        rig.shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        var away = new Collector.Page();
        away.fault(sample -> {
            throw StageException.retry("the port is in use");
        });
        rig.shelf.put(Type.of("sink.away").accepts("packet"), () -> new Collector(away));
        var graph = rig.start(
                "cam.type = source.feed",
                "slow.type = filter.slow",
                "slow.from = cam",
                "out.type = sink.page",
                "out.from = slow",
                "away.type = sink.away",
                "away.from = slow [max=2]");
        feed.put("video", VIDEO).put("video", packets(1, 200));
        page.await("slow:video 1");
        Rig.awaitProblem(graph, "the port is in use");
        graph.stop();
        int taken = 200 - feed.left();
        var expected = new ArrayList<String>();
        IntStream.rangeClosed(1, taken).forEach(number -> expected.add("slow:video " + number));
        assertEquals(expected, page.lines("slow:video "));
    }
}
