/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.State;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.schedule.Carrier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the thread of a live source carries may hold it up, and there may be no other for it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SourceThreadTest extends GraphFixture {

    private static final String THREAD = "levada-lobby/cam";

    /** By name, producers first. */
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private volatile boolean scarce;

    @BeforeEach
    void stages() {
        shelf.put(Type.of("sink.carried").accepts("packet").light(), () -> new Collector(page));
        camera.put("video", VIDEO);
    }

    @AfterEach
    void end() {
        page.open();
        Ending.of(new ArrayList<>(nodes.values()));
    }

    private SourceNode make() {
        var stages = rig.definition(
                        "cam.type = source.camera",
                        "carried.type = sink.carried",
                        "carried.from = cam",
                        "out.type = sink.other",
                        "out.from = cam")
                .stages();
        var source = new SourceNode(rig.engine, "lobby", stages.get("cam"), () -> {}, (pool, name, task) -> {
            if (scarce) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Carrier(pool, name, task);
        });
        nodes.put("cam", source);
        for (var sink : List.of("carried", "out")) {
            nodes.put(sink, new StageNode(rig.engine, "lobby", stages.get(sink), nodes, () -> {}));
        }
        return source;
    }

    private SourceNode start() {
        var source = make();
        for (var node : nodes.values()) {
            if (node instanceof StageNode sink) {
                sink.ports().attach();
            }
            node.start();
        }
        source.release();
        return source;
    }

    /** Sends samples until the sink holds one up on the thread of the source, which carries it as a rule. */
    private void holdUp() {
        page.await("format cam:video video packet");
        do {
            page.open();
            if (number.get() > 0) {
                awaitLast(page);
            }
            page.shut();
            send(camera, 1);
            Await.until("it is held up", page::lines, page::held);
        } while (!page.thread().equals(THREAD));
    }

    private static void awaitState(Node node, State state, String reason) {
        Await.until(
                state + " " + reason,
                node::condition,
                () -> node.state() == state && node.reason().startsWith(reason));
    }

    private void awaitLack(Node source) {
        awaitState(
                source,
                State.RETRYING,
                "there is no thread for it: unable to create native thread; remedy: raise the limits of threads");
    }

    private void awaitAll() {
        awaitLast(other);
        assertEquals(IntStream.rangeClosed(1, number.get()).boxed().toList(), other.numbers());
    }

    @Test
    void aLightStageThatHangsHoldsTheSourceUpForAMomentOnly() {
        var source = start();
        holdUp();
        send(camera, 100);
        awaitAll();
        assertEquals(State.RUNNING, source.state());
        assertTrue(page.held());
        page.open();
        awaitLast(page);
        send(camera, 100);
        awaitLast(page);
        awaitAll();
    }

    @Test
    void withoutAnotherThreadItSaysSoAndGoesOnAsSoonAsThereIsOne() {
        var source = start();
        holdUp();
        scarce = true;
        send(camera, 100);
        awaitLack(source);
        scarce = false;
        awaitAll();
        awaitState(source, State.RUNNING, "");
        assertTrue(page.held());
    }

    @Test
    void withoutAnotherThreadItGoesOnWhenTheStageComesBack() {
        var source = start();
        holdUp();
        scarce = true;
        send(camera, 100);
        awaitLack(source);
        page.open();
        awaitAll();
        awaitLast(page);
        awaitState(source, State.RUNNING, "");
    }

    @Test
    void withoutAThreadToBeginWithItSaysSoAndBeginsAsSoonAsThereIsOne() {
        scarce = true;
        send(camera, 10);
        var source = start();
        awaitLack(source);
        scarce = false;
        awaitAll();
        awaitState(source, State.RUNNING, "");
    }

    @Test
    void withoutAThreadItEndsAtOnce() {
        scarce = true;
        var source = start();
        awaitLack(source);
        source.finish().join();
    }
}
