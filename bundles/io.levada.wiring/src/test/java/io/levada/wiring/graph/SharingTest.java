/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stage of one pipeline feeds stages of others. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharingTest extends SharingFixture {

    @Test
    void aStageFeedsThoseOfOtherPipelines() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        var yard = start("yard", "out.type = sink.other", "out.from = lobby/cam:video [max=100]");
        camera.put("video", VIDEO);
        send(camera, 5);
        awaitLast(page);
        awaitLast(other);
        assertEquals(all(5), page.numbers());
        assertEquals(all(5), other.numbers());
        assertEquals(State.RUNNING, hall.state());
        assertEquals("lobby/pass:video", hall.links().get(0).from());
        assertEquals("lobby/cam:video", yard.links().get(0).from());
        assertEquals(100, yard.links().get(0).capacity());
    }

    @Test
    void aConsumerWaitsForAPipelineThatIsNotThereYet() {
        var hall = start("hall", OUT, "out.from = lobby/pass");
        Rig.awaitProblem(hall, "out.from  waits for lobby/pass (there is no pipeline lobby)");
        Rig.await(hall, State.WAITING);
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        send(camera, 3);
        awaitLast(page);
        Rig.await(hall, State.RUNNING);
    }

    @Test
    void aStageThatAPipelineDoesNotHaveIsSaidWithWhatWasMeant() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pas");
        Rig.awaitProblem(hall, "waits for lobby/pas (lobby has no stage pas; did you mean pass?)");
    }

    @Test
    void whatElseIsInThePipelineRunsWhileItWaits() {
        var hall = start(
                "hall",
                OUT,
                "out.from = lobby/pass",
                "cam.type = source.camera",
                "mine.type = sink.other",
                "mine.from = cam");
        camera.put("video", VIDEO);
        send(camera, 2);
        awaitLast(other);
        Rig.await(hall, State.DEGRADED);
    }

    @Test
    void whoJoinsARunningStreamIsOpenedBeforeItHearsOfIt() {
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        send(camera, 1);
        for (int i = 0; i < 200; i++) {
            var hall = start("hall" + i, OUT, "out.from = lobby/pass");
            Rig.await(hall, State.RUNNING);
            assertEquals("", hall.stages().get(0).reason(), "chosen by what came");
        }
    }

    @Test
    void oneOfSeveralAlternativesIsEnoughToWork() {
        start("lobby", LOBBY);
        var hall = start("hall", "it.type = route.named", "it.from = yard/pass, lobby/pass", OUT, "out.from = it");
        camera.put("video", VIDEO);
        send(camera, 1);
        awaitLast(page);
        Rig.awaitProblem(hall, "it.from  waits for yard/pass (there is no pipeline yard)");
        Rig.await(hall, State.DEGRADED);
    }

    @Test
    void aSourceThatEndsIsAnEndToAll() {
        start("lobby", "cam.type = source.feed");
        var hall = start("hall", OUT, "out.from = lobby/cam");
        feed.put("video", VIDEO);
        send(feed, 3);
        feed.end();
        Rig.await(hall, State.ENDED);
        assertEquals(all(3), page.numbers());
    }

    @Test
    void aConsumerThatIsStuckHoldsUpNobodyElse() {
        page.shut();
        start("lobby", "cam.type = source.feed", "mine.type = sink.other", "mine.from = cam");
        var hall = start("hall", OUT, "out.from = lobby/cam [max=10]");
        feed.put("video", VIDEO);
        send(feed, 200);
        awaitLast(other);
        assertEquals(all(200), other.numbers());
        assertEquals("drop-to-keyframe", hall.links().get(0).policy());
        Await.until("drops", hall::dropped, () -> hall.dropped() > 0);
        page.open();
        awaitLast(page);
    }

    @Test
    void aLinkThatBlocksLosesNothingOfAFile() {
        page.shut();
        var hall = start("hall", OUT, "out.from = lobby/cam [policy=block max=10]");
        start("lobby", "cam.type = source.feed");
        feed.put("video", VIDEO);
        send(feed, 200);
        Await.until("it is held up", feed::left, () -> feed.left() < 195);
        page.open();
        awaitLast(page);
        assertEquals(all(200), page.numbers());
        assertEquals("block", hall.links().get(0).policy());
    }

    @Test
    void nobodyBlocksALiveStreamOfAnotherPipeline() {
        var hall = start("hall", OUT, "out.from = lobby/cam [policy=block]");
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        send(camera, 1);
        awaitLast(page);
        assertEquals("drop-to-keyframe", hall.links().get(0).policy());
    }

    @Test
    void requestsGoToTheOtherPipeline() {
        start("lobby", LOBBY);
        start("hall", OUT, "out.from = lobby/pass");
        page.fault(sample -> {});
        var input = new AtomicInteger();
        shelf.put(Type.of("sink.asks").accepts("packet"), () -> new Asking(input));
        start("yard", "out.type = sink.asks", "out.from = lobby/pass");
        camera.put("video", VIDEO);
        send(camera, 1);
        Await.until("the request", camera::requests, () -> camera.requests().equals(List.of(Request.keyframe())));
    }

    /** Asks for a keyframe with the first format. */
    private static final class Asking implements Sink<Sample> {

        private final AtomicInteger asked;

        Asking(AtomicInteger asked) {
            this.asked = asked;
        }

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format) {
            if (asked.getAndIncrement() == 0) {
                input.request(Request.keyframe());
            }
        }

        @Override
        public void process(Input input, Sample sample) {}

        @Override
        public void close() {}
    }

    @Test
    void whatDoesNotFitIsSaidAndMendedElsewhere() {
        shelf.put(Type.of("sink.frames").accepts("frame"), () -> new Collector(other));
        start("lobby", LOBBY);
        var hall = start("hall", "out.type = sink.frames", "out.from = lobby/cam:video");
        camera.put("video", VIDEO);
        Rig.awaitProblem(hall, "out.from");
        Rig.await(hall, State.WAITING);
    }
}
