/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Event;
import io.levada.api.media.Packet;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Analyzers whose results come later than their samples, from another thread. */
class LateAnswersTest extends GraphFixture {

    private static final int MOST_AT_ONCE = 2;

    private final AtomicInteger allowed = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile StageContext context;

    /** Answers as many samples as the test allows. */
    private final class Late implements Analyzer<Packet> {

        private final Queue<Event> open = new ArrayDeque<>();

        @Override
        public void open(StageContext opened) {
            context = opened;
        }

        @Override
        public void analyze(Packet sample, EventSink events) {
            open.add(Event.about(sample).put("seen", true).build());
            waiting.set(open.size());
        }

        @Override
        public boolean ready() {
            return open.size() < MOST_AT_ONCE;
        }

        @Override
        public void wake(EventSink events) {
            while (!open.isEmpty() && allowed.get() > 0) {
                allowed.decrementAndGet();
                answer(events);
            }
        }

        @Override
        public void drain(EventSink events) {
            while (!open.isEmpty()) {
                answer(events);
            }
        }

        private void answer(EventSink events) {
            var event = open.remove();
            events.emit(Event.about(event.stamp()).put("seen", true));
            events.answered(event.stamp());
            waiting.set(open.size());
        }

        @Override
        public boolean later() {
            return true;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void types() {
        shelf.put(Type.of("analyzer.late").accepts("packet"), Late::new);
        shelf.put(Type.of("sink.joined").accepts("packet").joins("event"), () -> new Collector(page));
    }

    /** Started so far that the join knows both of its inputs. */
    private Graph start() {
        var graph = rig.start(
                "cam.type = source.feed",
                "late.type = analyzer.late",
                "late.from = cam:video",
                "both.type = sink.joined",
                "both.from = cam:video, late");
        feed.put("video", VIDEO);
        page.await("format late:data data event");
        return graph;
    }

    private void awaitWaiting(int count) {
        Await.until(count + " unanswered samples", waiting::get, () -> waiting.get() == count);
    }

    private List<String> samples() {
        return page.lines().stream()
                .filter(line -> line.startsWith("event") || line.startsWith("cam"))
                .toList();
    }

    @Test
    void aJoinWaitsForTheAnswerOfEachSample() {
        var graph = start();
        feed.put("video", packets(1, 2));
        awaitWaiting(2);
        assertEquals(List.of(), samples());
        allowed.incrementAndGet();
        context.wake();
        page.await("cam:video 1");
        awaitWaiting(1);
        assertEquals(List.of("event 1", "cam:video 1"), samples());
        feed.end();
        Rig.await(graph, State.ENDED);
        assertEquals(List.of("event 1", "cam:video 1", "event 2", "cam:video 2"), samples());
    }

    @Test
    void whoIsNotReadyIsGivenNoMoreAndLosesNothing() {
        var graph = start();
        feed.put("video", packets(1, 7)).end();
        for (int answered = 0; answered < 5; answered++) {
            awaitWaiting(MOST_AT_ONCE);
            allowed.incrementAndGet();
            context.wake();
            page.await("cam:video " + (answered + 1));
        }
        awaitWaiting(MOST_AT_ONCE);
        allowed.addAndGet(2);
        context.wake();
        Rig.await(graph, State.ENDED);
        var expected = new ArrayList<String>();
        for (int number = 1; number <= 7; number++) {
            expected.add("event " + number);
            expected.add("cam:video " + number);
        }
        assertEquals(expected, samples());
    }
}
