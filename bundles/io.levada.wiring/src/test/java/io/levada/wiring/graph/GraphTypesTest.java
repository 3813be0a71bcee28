/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.levada.api.pipeline.State;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a graph whose stage types come and go. */
class GraphTypesTest extends GraphFixture {

    @Test
    void aTypeThatGoesIsGivenBackAndItsStageIsMadeAnewWhenItReturns() {
        var pass = shelf.providers("filter.pass").get(0);
        var graph = rig.start(
                "cam.type = source.camera",
                "pass.type = filter.pass",
                "pass.from = cam",
                "out.type = sink.page",
                "out.from = pass",
                "side.type = sink.other",
                "side.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 10));
        page.await("pass:video 10");
        rig.remove(pass);
        assertFalse(shelf.taken().contains("filter.pass"));
        Rig.await(graph, State.DEGRADED);
        assertEquals(
                "pass.type  waits for stage type filter.pass (no bundle provides it)",
                graph.problems().get(0).toString());
        camera.put("video", packets(11, 20));
        other.await("cam:video 20");
        rig.putBack(pass);
        Rig.await(graph, State.RUNNING);
        camera.put("video", packets(21, 30));
        page.await("pass:video 30");
        assertEquals(lines("cam:video ", 1, 30), other.lines("cam:video "));
        assertEquals(lines("pass:video ", 21, 30), page.lines("pass:video ").subList(10, 20));
        assertEquals(1, page.lines("open").size(), "what hangs on it goes on");
    }

    @Test
    void aStageThatGoesEmitsWhatItHolds() {
        var slow = shelf.put(Type.of("filter.slow").accepts("packet").emits("same"), () -> new Passage(3));
        rig.start(
                "cam.type = source.camera",
                "slow.type = filter.slow",
                "slow.from = cam",
                "out.type = sink.page",
                "out.from = slow");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        page.await("slow:video 2");
        rig.remove(slow);
        page.await("slow:video 5");
    }

    @Test
    void aSourceWhoseTypeGoesIsMadeAnewWhenItReturnsThoughItEndsWhenItIsStopped() {
        var obedient = shelf.put(Type.of("source.obedient").emits("packet:video"), () -> new Source() {
            private StageContext context;

            @Override
            public void open(StageContext context) {
                this.context = context;
            }

            @Override
            public boolean produce(Outputs outputs) throws Exception {
                outputs.track("video").format(VIDEO);
                outputs.track("video").emit(packet(context.firstEpoch()));
                return context.clock().sleepUntil(Long.MAX_VALUE);
            }

            @Override
            public void close() {}
        });
        var graph = rig.start("cam.type = source.obedient", "out.type = sink.page", "out.from = cam");
        page.await("cam:video 0");
        rig.remove(obedient);
        assertEquals(List.of("sink.page"), shelf.taken());
        Rig.await(graph, State.WAITING);
        rig.putBack(obedient);
        page.await("cam:video 1");
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aTypeThatIsNotThereYetIsWaitedForAndNothingThatIsNotLiveIsLost() {
        var graph = rig.start(
                "cam.type = source.feed",
                "late.type = filter.late",
                "late.from = cam",
                "out.type = sink.page",
                "out.from = late");
        feed.put("video", VIDEO).put("video", packets(1, 10)).end();
        Rig.awaitProblem(graph, "late.type  waits for stage type filter.late (no bundle provides it)");
        rig.add(shelf.put(Type.of("filter.late").accepts("packet").emits("same"), Passage::new));
        Rig.await(graph, State.ENDED);
        assertEquals(lines("late:video ", 1, 10), page.lines("late:video "));
    }

    @Test
    void whatIsLiveDoesNotWaitForATypeThatIsNotThereYet() {
        var graph = rig.start(
                "cam.type = source.camera",
                "late.type = sink.late",
                "late.from = cam",
                "out.type = sink.page",
                "out.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 10));
        page.await("cam:video 10");
        Rig.await(graph, State.DEGRADED);
        rig.add(shelf.put(Type.of("sink.late").accepts("packet"), () -> new Collector(other)));
        Rig.await(graph, State.RUNNING);
        camera.put("video", packet(11));
        other.await("cam:video 11");
    }

    @Test
    void aTypeThatTurnsUpLateTakesTheTrackThatFits() {
        var graph = rig.start("cam.type = source.camera", "late.type = sink.late", "late.from = cam");
        camera.put("video", VIDEO).put("audio", AUDIO);
        Await.until("both tracks", camera::left, () -> camera.left() == 0);
        rig.add(shelf.put(Type.of("sink.late").accepts("packet:audio"), () -> new Collector(page)));
        camera.put("video", packet(1)).put("audio", packet(2));
        page.await("cam:audio 2");
        assertEquals(List.of(), graph.problems());
    }

    /** It is told what is wrong with an instance before that is given back. */
    private void awaitTaken(String... types) {
        Await.until(
                "instances are given back", shelf::taken, () -> shelf.taken().equals(List.of(types)));
    }

    @Test
    void aTypeThatTurnsOutToBeASourceIsInvalidAsAConsumer() {
        var graph = rig.start("cam.type = source.camera", "late.type = what.ever", "late.from = cam");
        Rig.awaitProblem(graph, "waits for stage type");
        rig.add(shelf.put(Type.of("what.ever").emits("packet"), () -> new Feed(feed)));
        Rig.awaitProblem(graph, "late.from  what.ever is a source and takes no input; remove the line");
        awaitTaken("source.camera");
    }

    @Test
    void aTypeThatTurnsOutToNeedAnInputIsInvalidAsASource() {
        var graph = rig.start("late.type = what.ever", "out.type = sink.page", "out.from = late");
        Rig.awaitProblem(graph, "waits for stage type");
        rig.add(shelf.put(Type.of("what.ever").accepts("packet").emits("packet"), Passage::new));
        Rig.awaitProblem(graph, "late.from  is missing: what.ever needs an input");
        awaitTaken("sink.page");
    }

    @Test
    void aStageThatIsBusyIsWaitedForWhenItsTypeGoes() {
        page.shut();
        var busy = shelf.providers("sink.page").get(0);
        var graph = rig.start("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        Await.until("it is busy", page::lines, page::held);
        shelf.remove(busy);
        var gone = graph.typeRemoved(busy);
        assertFalse(gone.isDone());
        page.open();
        gone.join();
        Rig.awaitProblem(graph, "out.type  waits for stage type sink.page");
        assertEquals(List.of("source.camera"), shelf.taken());
    }

    /** Formats are announced under the producer's lock, types under the consumer's. */
    @Test
    void typesThatComeWhileTracksComeDoNotDeadlock() {
        for (int round = 0; round < 50; round++) {
            var content = new Feed.Content(true);
            var source = shelf.put(Type.of("source.r" + round).emits("packet"), () -> new Feed(content));
            var graph = rig.make("lobby", "cam.type = source.r" + round, "out.type = sink.many", "out.from = cam");
            var sink = shelf.providers("sink.many").get(0);
            graph.start();
            for (int track = 2; track < 20; track++) {
                content.put("video" + track, VIDEO);
                graph.typeAdded(sink);
            }
            Await.until("all tracks", content::left, () -> content.left() == 0);
            graph.stop();
            assertEquals(18, graph.links().size(), "each is linked once");
            shelf.remove(source);
        }
    }
}
