/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Roles: which of the types that can fill one does. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoleTest {

    private static final Format H264 = Packets.video("h264", 64, 48);
    private static final Format H265 = Packets.video("hevc", 64, 48);

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page page = new Collector.Page();

    RoleTest() {
        shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close(camera);
    }

    private static Type candidate(String name) {
        return Type.of(name).accepts("packet").emits("same").role("decoder");
    }

    private static Packet packet(long number) {
        return Packets.of(TimeBase.MILLIS, 1).at(number).keyframe((byte) number);
    }

    private Graph start(String... more) {
        var lines = new String[5 + more.length];
        lines[0] = "cam.type = source.camera";
        lines[1] = "dec.type = decoder";
        lines[2] = "dec.from = cam";
        lines[3] = "out.type = sink.page";
        lines[4] = "out.from = dec";
        System.arraycopy(more, 0, lines, 5, more.length);
        return rig.start(lines);
    }

    private static StageStatus decoder(Graph graph) {
        return graph.stages().stream()
                .filter(stage -> stage.name().equals("dec"))
                .findFirst()
                .orElseThrow();
    }

    private void pass(Graph graph, int number) {
        camera.put("video", packet(number));
        page.await("dec:video " + number);
    }

    /** Passes on until a certain packet, at which it fails. */
    private static final class Fragile implements Transform<Sample> {

        private final long fatal;
        private final StageException.Kind kind;

        Fragile(long fatal, StageException.Kind kind) {
            this.fatal = fatal;
            this.kind = kind;
        }

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format, Output out) {
            out.format(format);
        }

        @Override
        public void process(Input input, Sample sample, Output out) throws StageException {
            if (sample.pts() == fatal) {
                throw kind == StageException.Kind.RETRY
                        ? StageException.retry("the device is gone")
                        : StageException.failed("the device is gone");
            }
            sample.retain();
            out.emit(sample);
        }

        @Override
        public void close() {}
    }

    @Test
    void isFilledWhenTheFormatIsKnownByTheBest() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), Passage::new);
        var graph = start();
        Await.until("waits for a format", shelf::taken, () -> shelf.taken().size() == 2);
        assertEquals("", decoder(graph).implementation());
        camera.put("video", H264);
        pass(graph, 1);
        assertEquals("decoder.hard", decoder(graph).implementation());
        assertEquals("decoder.hard fills it", decoder(graph).reason());
        assertEquals("decoder", decoder(graph).type());
    }

    @Test
    void preferComesBeforeTheRank() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.other"), Passage::new);
        shelf.put(candidate("decoder.hard"), Passage::new);
        var graph = start("dec.prefer = decoder.none, decoder.soft");
        camera.put("video", H264);
        pass(graph, 1);
        assertEquals("decoder.soft", decoder(graph).implementation());
    }

    @Test
    void whoRefusesTheFormatIsPassedOverAndNamed() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), () -> Passage.refusing("h264"));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(
                "decoder.soft fills it; refused by decoder.hard (can't do h264)",
                decoder(graph).reason());
    }

    @Test
    void whenAllRefuseAllAreNamed() {
        shelf.put(candidate("decoder.soft"), () -> Passage.refusing("h264"));
        shelf.put(candidate("decoder.hard"), () -> Passage.refusing("h264"));
        var graph = start();
        camera.put("video", H264);
        Rig.awaitProblem(graph, "refused by decoder.hard (can't do h264), decoder.soft (can't do h264)");
        assertEquals(State.INVALID, decoder(graph).state());
    }

    @Test
    void theOnlyOneThatRefusesSpeaksForItself() {
        shelf.put(candidate("decoder.soft"), () -> Passage.refusing("h264"));
        var graph = start();
        camera.put("video", H264);
        Rig.awaitProblem(graph, "dec  can't do h264");
    }

    @Test
    void whoFailsAtWorkIsFollowedByTheNext() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), () -> new Fragile(2, StageException.Kind.RETRY));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        camera.put("video", packet(2));
        pass(graph, 3);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(
                "decoder.soft fills it; decoder.hard failed: the device is gone",
                decoder(graph).reason());
    }

    @Test
    void whoBreaksForGoodIsFollowedByTheNextAsWell() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), () -> new Fragile(2, StageException.Kind.FAILED));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        camera.put("video", packet(2));
        pass(graph, 3);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void contentThatBreaksAllIsGivenUp() {
        shelf.put(candidate("decoder.soft"), () -> new Fragile(3, StageException.Kind.FAILED));
        shelf.put(candidate("decoder.hard"), () -> new Fragile(2, StageException.Kind.FAILED));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        camera.put("video", packet(2), packet(3));
        Await.until("is given up", graph::problems, () -> decoder(graph).state() == State.FAILED);
        assertEquals("the device is gone", decoder(graph).reason());
    }

    @Test
    void whoFailsIsGivenUpWhereTheOthersRefuseOrTakeSomethingElse() {
        shelf.put(Type.of("decoder.sound").accepts("packet:audio").emits("same").role("decoder"), Passage::new);
        shelf.put(candidate("decoder.soft"), () -> new Fragile(1, StageException.Kind.FAILED));
        shelf.put(candidate("decoder.hard"), () -> Passage.refusing("h264"));
        var graph = start();
        camera.put("video", H264, packet(1));
        Await.until("is given up", () -> decoder(graph), () -> decoder(graph).state() == State.FAILED);
        assertEquals("the device is gone", decoder(graph).reason());
    }

    @Test
    void theOnlyOneThatFailsIsTriedAgain() {
        shelf.put(candidate("decoder.hard"), () -> new Fragile(2, StageException.Kind.RETRY));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        camera.put("video", packet(2));
        Rig.awaitProblem(graph, "the device is gone");
        Rig.await(graph, State.RUNNING);
        pass(graph, 3);
    }

    @Test
    void aBetterOneThatTurnsUpDoesNotDisturbTheOneAtWork() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        rig.add(shelf.put(candidate("decoder.hard"), Passage::new));
        pass(graph, 2);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(1, page.lines("format").size());
    }

    @Test
    void whenTheOneAtWorkGoesAnotherFillsItAtOnce() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        var hard = shelf.put(candidate("decoder.hard"), Passage::new);
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        rig.remove(hard);
        pass(graph, 2);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void whenTheLastGoesItWaitsForOne() {
        var only = shelf.put(candidate("decoder.soft"), Passage::new);
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        rig.remove(only);
        Rig.awaitProblem(graph, "dec.type  waits for stage type decoder (no bundle provides it)");
        rig.putBack(only);
        Rig.await(graph, State.RUNNING);
        pass(graph, 2);
    }

    @Test
    void isChosenAnewWhenTheCodecChanges() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), () -> Passage.refusing("h264"));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        assertEquals("decoder.soft", decoder(graph).implementation());
        camera.put("video", H265);
        pass(graph, 2);
        assertEquals("decoder.hard", decoder(graph).implementation());
        camera.put("video", Packets.video("hevc", 128, 96));
        pass(graph, 3);
        assertEquals("decoder.hard", decoder(graph).implementation());
    }

    @Test
    void whoCanNotTakeANewFormatIsFollowedByTheNext() {
        shelf.put(candidate("decoder.soft"), Passage::new);
        shelf.put(candidate("decoder.hard"), () -> Passage.refusing("128x96"));
        var graph = start();
        camera.put("video", H264);
        pass(graph, 1);
        assertEquals("decoder.hard", decoder(graph).implementation());
        camera.put("video", Packets.video("h264", 128, 96));
        pass(graph, 2);
        assertEquals("decoder.soft", decoder(graph).implementation());
        assertEquals(State.RUNNING, graph.state());
    }
}
