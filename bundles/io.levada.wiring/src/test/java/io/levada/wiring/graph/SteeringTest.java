/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Command;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Input;
import io.levada.api.stage.Order;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Collector.Page;
import io.levada.wiring.graph.Feed.Content;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Orders to stages that run. */
class SteeringTest {

    private static final Packets PACKETS = Packets.of(TimeBase.MILLIS, 1);

    private final Rig rig = new Rig();
    private final Content camera = new Content(true);
    private final Page page = new Page();
    private final CountDownLatch released = new CountDownLatch(1);
    private final StageTypeEntry dial;

    /** What it is told it writes down. */
    private final class Dial implements Sink<Sample>, Controllable {

        private String set = "nothing";

        @Override
        public void open(StageContext context) {
            page.write("open");
        }

        @Override
        public List<Command> commands() {
            return List.of(
                    new Command("set", "NUMBER", "turns it", true),
                    new Command("flash", "", "flashes once", false),
                    new Command("hold", "", "does not come back", false));
        }

        @Override
        public String standing() {
            return "set to " + set;
        }

        @Override
        public String control(Order order) throws Exception {
            switch (order.command()) {
                case "set" -> {
                    if (!order.argument().matches("[0-9]+")) {
                        throw StageException.invalid("'" + order.argument() + "' is no number");
                    }
                    set = order.argument();
                }
                case "hold" -> released.await();
                default -> {}
            }
            page.write("told " + order);
            return "done: " + order;
        }

        @Override
        public void format(Input input, Format format) {}

        @Override
        public void process(Input input, Sample sample) {
            if (sample.pts() < 0) {
                throw new IllegalStateException("boom");
            }
            page.write(set + " " + sample.pts());
        }

        @Override
        public void close() {
            page.write("close");
        }
    }

    /** A source that can be told something. */
    private final class Head extends Feed implements Controllable {

        Head() {
            super(camera);
        }

        @Override
        public List<Command> commands() {
            return List.of(new Command("turn", "left|right", "turns the camera", true));
        }

        @Override
        public String standing() {
            return "looks ahead";
        }

        @Override
        public String control(Order order) {
            page.write("head " + order.argument());
            return "turns " + order.argument();
        }
    }

    SteeringTest() {
        rig.shelf.put(Type.of("source.cam").emits("packet:video"), Head::new);
        rig.shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(new Page()));
        dial = rig.shelf.put(Type.of("sink.dial").accepts("packet"), Dial::new);
    }

    @AfterEach
    void nothingIsLeft() {
        released.countDown();
        rig.close(camera);
    }

    private Graph start(String... more) {
        var lines =
                new java.util.ArrayList<>(List.of("cam.type = source.cam", "dial.type = sink.dial", "dial.from = cam"));
        lines.addAll(List.of(more));
        var graph = rig.start(lines.toArray(String[]::new));
        camera.put("video", Packets.video("h264", 64, 48));
        page.await("open");
        return graph;
    }

    private static Order order(String text) {
        var words = List.of(text.split(" "));
        return new Order(words.get(0), words.subList(1, words.size()), System.nanoTime());
    }

    private static String tell(Graph graph, String stage, String order) throws Exception {
        return answer(graph.control(stage, order(order)));
    }

    private static <T> T answer(Future<T> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    private static StageException refused(Future<?> answer) {
        var thrown = assertThrows(ExecutionException.class, () -> answer(answer));
        return assertInstanceOf(StageException.class, thrown.getCause());
    }

    private void send(long pts) {
        camera.put("video", PACKETS.at(pts).keyframe((byte) 1));
    }

    @Test
    void aStageDoesAsItIsToldAndSaysHowItStands() throws Exception {
        var graph = start();
        send(1);
        page.await("nothing 1");
        assertEquals("done: set 7", tell(graph, "dial", "set 7"));
        send(2);
        page.await("7 2");
        var steered = answer(graph.steered("dial"));
        assertEquals("set to 7", steered.standing());
        assertEquals(
                List.of("set NUMBER", "flash", "hold"),
                steered.commands().stream().map(Command::usage).toList());
    }

    @Test
    void aSourceIsToldToo() throws Exception {
        assertEquals("turns left", tell(start(), "cam", "turn left"));
    }

    @Test
    void anInstanceThatIsPutInAfterAFaultGoesOnAsTheOneBeforeWasTold() throws Exception {
        var graph = start();
        tell(graph, "dial", "set 7");
        tell(graph, "dial", "flash");
        send(-1);
        page.await("close");
        page.await("open", 2);
        send(2);
        page.await("7 2");
        assertEquals(1, page.lines("told flash").size(), "what does not last is told once");
    }

    @Test
    void anotherVersionOfAPluginGoesOnAsTheOneBeforeWasTold() throws Exception {
        var graph = start();
        tell(graph, "dial", "set 7");
        graph.replace(
                rig.definition("cam.type = source.cam", "dial.type = sink.dial", "dial.from = cam"), Set.of(dial));
        page.await("open", 2);
        send(2);
        page.await("7 2");
    }

    @Test
    void aStageWhoseTypeComesBackGoesOnAsItWasTold() throws Exception {
        var graph = start();
        tell(graph, "dial", "set 7");
        rig.remove(dial);
        assertTrue(refused(graph.control("dial", order("set 8"))).getMessage().contains("it is WAITING: waits for"));
        rig.putBack(dial);
        page.await("open", 2);
        send(2);
        page.await("7 2");
    }

    @Test
    void aSourceThatIsConnectedAnewGoesOnAsItWasTold() throws Exception {
        var graph = start();
        tell(graph, "cam", "turn right");
        camera.put("audio", PACKETS.at(1).keyframe((byte) 1)); // before its format, which is a fault
        page.await("head right", 2);
        Rig.await(graph, io.levada.api.pipeline.State.RUNNING);
    }

    @Test
    void whatCantBeIsRefusedByNameCauseAndRemedy() throws Exception {
        var graph = start("out.type = sink.page", "out.from = cam");
        tell(graph, "dial", "set 7");
        var noStage = refused(graph.control("dail", order("set 1")));
        assertEquals("there is no stage dail; did you mean dial?", noStage.getMessage());
        assertEquals("name one of: cam, dial, out", noStage.remedy().orElseThrow());
        var noCommand = refused(graph.control("dial", order("sett 1")));
        assertEquals("lobby/dial, a sink.dial, has no command sett 1; did you mean set?", noCommand.getMessage());
        assertEquals("it takes: set NUMBER; flash; hold", noCommand.remedy().orElseThrow());
        var badArgument = refused(graph.control("dial", order("set high")));
        assertEquals("lobby/dial: set high: 'high' is no number", badArgument.getMessage());
        assertEquals("write set NUMBER", badArgument.remedy().orElseThrow());
        var notSteered = refused(graph.control("out", order("set 1")));
        assertEquals("lobby/out can't be steered: a sink.page takes no commands", notSteered.getMessage());
        assertEquals("set to 7", answer(graph.steered("dial")).standing());
    }

    @Test
    void oneThatIsInACallIsNotWaitedForLong() {
        var graph = start();
        graph.control("dial", order("hold"));
        var late = refused(graph.control("dial", order("set 8")));
        assertTrue(late.getMessage().startsWith("lobby/dial did not answer to set 8 within 5 s"), late.getMessage());
        released.countDown();
        page.await("told hold");
        send(1);
        page.await("nothing 1"); // who asked has given up
    }
}
