/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a graph whose stages fail or hang. */
class GraphFaultTest extends GraphFixture {

    @Test
    void aFaultStaysWhereItHappensAndTheStageIsRestarted() {
        page.fault(sample -> {
            if (sample.pts() == 3) {
                throw new IllegalStateException("boom");
            }
        });
        var graph = rig.start(
                "cam.type = source.camera",
                "bad.type = sink.page",
                "bad.from = cam",
                "good.type = sink.other",
                "good.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        other.await("cam:video 5");
        Rig.await(graph, State.DEGRADED);
        var problem = graph.problems().get(0).toString();
        assertTrue(problem.startsWith("bad  fault in the stage: IllegalStateException: boom at "), problem);
        assertTrue(problem.contains("; remedy: ") && problem.endsWith(", next try in 1 s"), problem);
        assertEquals(State.RETRYING, graph.problems().get(0).state());
        Rig.await(graph, State.RUNNING);
        camera.put("video", packet(6));
        page.await("cam:video 6");
        var lines = page.lines();
        assertEquals(
                List.of("close", "open", "format cam:video video packet"),
                lines.subList(lines.indexOf("close"), lines.indexOf("close") + 3));
        assertEquals(5 + 1, other.lines("cam:").size());
        assertEquals(
                1,
                graph.stages().stream()
                        .filter(stage -> stage.name().equals("bad"))
                        .findFirst()
                        .orElseThrow()
                        .restarts());
    }

    @Test
    void whatIsNotLiveWaitsForAStageThatIsRestarted() {
        page.fault(sample -> {
            if (sample.pts() == 3) {
                page.fault(fine -> {});
                throw new IllegalStateException("boom");
            }
        });
        var graph = rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam");
        feed.put("video", VIDEO).put("video", packets(1, 50)).end();
        Rig.await(graph, State.ENDED);
        assertEquals(49, page.lines("cam:video ").size(), "all but the one that it failed on");
    }

    @Test
    void aStageThatMayNotBeRestartedHasFailed() {
        page.fault(sample -> {
            throw new IllegalStateException("boom");
        });
        var graph = rig.start(
                "cam.type = source.camera",
                "bad.type = sink.page",
                "bad.from = cam",
                "bad.restart = never",
                "good.type = sink.other",
                "good.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        Rig.awaitProblem(graph, "given up");
        assertEquals(State.FAILED, graph.problems().get(0).state());
        assertEquals(State.DEGRADED, graph.state());
        camera.put("video", packet(2));
        other.await("cam:video 2");
    }

    @Test
    void aSourceThatFailsIsOpenedAnewAndGoesOnInTime() {
        var starts = Collections.synchronizedList(new ArrayList<Long>());
        shelf.put(Type.of("source.shaky").emits("packet:video"), () -> new Source() {
            private StageContext context;

            @Override
            public void open(StageContext context) {
                this.context = context;
            }

            @Override
            public boolean live() {
                return false;
            }

            @Override
            public boolean produce(Outputs outputs) throws Exception {
                starts.add(context.runningStart());
                starts.add((long) context.firstEpoch());
                outputs.track("video").format(VIDEO);
                outputs.track("video").emit(packet(40));
                if (starts.size() < 4) {
                    throw new IllegalStateException("lost the connection");
                }
                return false;
            }

            @Override
            public void close() {}
        });
        var graph = rig.start("cam.type = source.shaky", "out.type = sink.page", "out.from = cam");
        Rig.awaitProblem(graph, "cam  fault in the stage: IllegalStateException: lost the connection at ");
        Rig.await(graph, State.ENDED);
        assertEquals(List.of(0L, 0L, 41_000_000L, 1L), starts);
        assertEquals(List.of("cam:video 40", "cam:video 40"), page.lines("cam:"));
        assertEquals(1, page.lines("close").size(), "the sink did not notice");
    }

    @Test
    void aStageThatHangsDoesNotKeepTheRestFromStopping() {
        page.shut();
        var graph = rig.start(
                "cam.type = source.camera",
                "hung.type = sink.page",
                "hung.from = cam",
                "ok.type = sink.other",
                "ok.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        other.await("cam:video 5");
        long begin = System.nanoTime();
        graph.stop();
        assertTrue(System.nanoTime() - begin < 8_000_000_000L);
        assertEquals(List.of("sink.page"), shelf.taken());
        page.open(); // it comes back after all
        Await.until("given back", shelf::taken, () -> shelf.taken().isEmpty());
    }

    @Test
    void aStageThatHangsIsMarkedUntilItComesBack() {
        page.shut();
        var graph = rig.start("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("format cam:video video packet");
        Await.until("it hangs", graph::problems, () -> {
            rig.engine.heavy().tick(System.nanoTime() + 3_600_000_000_000L);
            return !graph.problems().isEmpty();
        });
        var problem = graph.problems().get(0).toString();
        assertTrue(problem.startsWith("out  hangs in a call since 10 s at "), problem);
        assertTrue(problem.contains("another version of the plugin (this is test 1.0.0)"), problem);
        var stack = graph.stages().get(1).fault();
        assertTrue(stack.contains("Collector.process(Collector.java:"), stack);
        assertEquals(State.FAILED, graph.state());
        page.open();
        Rig.await(graph, State.RUNNING);
        page.await("cam:video 1");
    }

    @Test
    void aSampleThatIsEmittedBeforeItsFormatIsAFaultOfTheStageAndReleased() {
        var graph = rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam");
        feed.put("video", (Sample) packet(1));
        Rig.awaitProblem(graph, "emitted a sample before its format");
    }
}
