/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Format;
import io.levada.api.media.Memory.Kind;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFrame;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stages that are put in where a consumer takes what is put out, but in other memory. */
class TransferTest extends GraphFixture {

    private static final List<String> DECODED =
            List.of("cam.type = source.feed", "decode.type = decoder", "decode.from = cam");

    private final Collector.Page device = new Collector.Page();

    @BeforeEach
    void stages() {
        shelf.put(Type.of("sink.host").accepts("frame"), () -> new Collector(page));
        shelf.put(Type.of("sink.more").accepts("frame"), () -> new Collector(other));
        shelf.put(Type.of("sink.cuda").accepts("frame@cuda"), () -> new Collector(device));
        shelf.put(Type.of("sink.any").accepts("frame@any"), () -> new Collector(device));
        page.fault(sample -> ((VideoFrame) sample).plane(0));
        other.fault(sample -> ((VideoFrame) sample).plane(0));
        soft();
    }

    private StageTypeEntry soft() {
        return shelf.put(
                Type.of("decoder.soft").accepts("packet:video").emits("frame").role("decoder"),
                () -> Device.Maker.in(Kind.HOST));
    }

    private StageTypeEntry hard(Supplier<Device.Maker> maker) {
        return shelf.put(
                Type.of("decoder.hard")
                        .accepts("packet:video")
                        .emits("frame@cuda")
                        .role("decoder"),
                maker);
    }

    private StageTypeEntry hard() {
        return hard(() -> Device.Maker.in(Kind.CUDA));
    }

    private StageTypeEntry download() {
        return shelf.put(
                Type.of("gpu.download").accepts("frame@cuda").emits("frame").role("download"),
                () -> Device.Maker.in(Kind.HOST));
    }

    private void upload() {
        shelf.put(
                Type.of("gpu.upload").accepts("frame").emits("frame@cuda").role("upload"),
                () -> Device.Maker.in(Kind.CUDA));
    }

    private Graph run(String... more) {
        return rig.start(Rig.lines(DECODED, more));
    }

    private static List<String> names(Graph graph) {
        return graph.stages().stream().map(StageStatus::name).toList();
    }

    private static StageStatus stage(Graph graph, String name) {
        return graph.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> numbers(Collector.Page page) {
        return page.lines().stream()
                .filter(line -> line.matches("\\S+:video \\d+"))
                .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    private static void awaitNumbers(Collector.Page page, int from, int to) {
        Await.until(from + " to " + to, page::lines, () -> numbers(page).size() >= to - from + 1);
        assertEquals(range(from, to), numbers(page));
    }

    @Test
    void hardwareGoesFirstAndOneDownloadIsSharedByAllThatNeedIt() {
        hard();
        soft(); // ranked higher
        download();
        upload();
        var graph = run(
                "a.type = sink.host",
                "a.from = decode",
                "b.type = sink.more",
                "b.from = decode",
                "c.type = sink.cuda",
                "c.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(other, 1, 50);
        awaitNumbers(device, 1, 50);
        assertEquals("decoder.hard", stage(graph, "decode").implementation());
        assertEquals("decoder.hard fills it", stage(graph, "decode").reason());
        assertEquals(List.of("cam", "decode", "decode+download", "a", "b", "c"), names(graph));
        var download = stage(graph, "decode+download");
        assertEquals("download", download.type());
        assertEquals("gpu.download", download.implementation());
        assertEquals(50, download.samplesIn());
        assertEquals("put in for a, b; gpu.download fills it", download.reason());
        assertEquals(List.of("decode+download:video"), from(graph, "a"));
        assertEquals(List.of("decode:video"), from(graph, "c"));
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void anInstanceThatSaysWhereItTakesWhatComesIsBroughtAllOfIt() {
        hard();
        download();
        shelf.put(
                Type.of("sink.today").accepts("frame@any"),
                () -> new Collector(page, context -> context.takes(Kind.HOST)));
        var graph = run("a.type = sink.today", "a.from = decode", "c.type = sink.any", "c.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(device, 1, 50);
        assertEquals(List.of("decode+download:video"), from(graph, "a"));
        assertEquals(List.of("decode:video"), from(graph, "c"));
        assertEquals(
                "put in for a; gpu.download fills it",
                stage(graph, "decode+download").reason());
    }

    @Test
    void anotherInstanceMayTakeWhatComesElsewhere() {
        hard();
        download();
        shelf.put(
                Type.of("sink.today").accepts("frame@any"),
                () -> new Collector(page, context -> context.takes(Kind.HOST)));
        var graph = run("a.type = sink.any", "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 10));
        awaitNumbers(device, 1, 10);
        rig.change(graph, Rig.lines(DECODED, "a.type = sink.today", "a.from = decode"));
        feed.put("video", packets(11, 20));
        page.await("decode+download:video 20");
        assertEquals(range(1, 10), numbers(device));
    }

    private static List<String> from(Graph graph, String stage) {
        return graph.links().stream()
                .filter(link -> link.to().equals(stage))
                .map(link -> link.from())
                .toList();
    }

    @Test
    void preferComesBeforeHardware() {
        hard();
        download();
        var graph = run("decode.prefer = decoder.soft", "a.type = sink.host", "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 5));
        awaitNumbers(page, 1, 5);
        assertEquals(
                "decoder.soft fills it, as prefer says", stage(graph, "decode").reason());
        assertEquals(List.of("cam", "decode", "a"), names(graph));
    }

    @Test
    void hardwareThatDoesNotOpenIsPassedOverWithTheReason() {
        hard(() -> Device.Maker.closed(Kind.CUDA));
        download();
        var graph = run("a.type = sink.host", "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 5));
        awaitNumbers(page, 1, 5);
        assertEquals(
                "decoder.soft fills it; refused by decoder.hard (no device)",
                stage(graph, "decode").reason());
        assertEquals(List.of("cam", "decode", "a"), names(graph));
    }

    @Test
    void withoutADownloadTheDecoderIsOneWhoseOutputIsOfUse() {
        hard();
        var graph = run("a.type = sink.host", "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 5));
        awaitNumbers(page, 1, 5);
        assertEquals(
                "decoder.soft fills it; not decoder.hard: a can't take frames in CUDA memory, no bundle provides a stage of"
                        + " role download, such as gpu.download; install one, or take a stage that works in the memory it"
                        + " comes in",
                stage(graph, "decode").reason().replace("video frames", "frames"));
    }

    @Test
    void whereThereIsNoOtherWayItWaitsForADownload() {
        hard();
        var graph = rig.start(
                "cam.type = source.feed",
                "decode.type = decoder.hard",
                "decode.from = cam",
                "a.type = sink.host",
                "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        Rig.awaitProblem(graph, "decode+download.type  waits for stage type download (no bundle provides it)");
        Rig.awaitProblem(graph, "a.from  waits for decode+download (WAITING: waits for stage type download");
        rig.add(download());
        awaitNumbers(page, 1, 50);
        Rig.await(graph, State.RUNNING);
    }

    @Test
    void aDecoderThatFailsAtWorkGivesWayAndTheDownloadGoes() {
        hard(() -> Device.Maker.failing(Kind.CUDA, 21));
        download();
        var graph = run("a.type = sink.host", "a.from = decode", "b.type = sink.any", "b.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(page, 1, 20);
        assertEquals(List.of("cam", "decode", "decode+download", "a", "b"), names(graph));
        feed.put("video", packets(21, 60));
        Await.until("the last", page::lines, () -> numbers(page).contains(60));
        assertEquals("decoder.soft", stage(graph, "decode").implementation());
        assertEquals(
                "decoder.soft fills it; decoder.hard failed: the device is gone",
                stage(graph, "decode").reason());
        Await.until("it goes", () -> names(graph), () -> names(graph).equals(List.of("cam", "decode", "a", "b")));
        var without = IntStream.rangeClosed(1, 60)
                .filter(number -> number != 21)
                .boxed()
                .toList();
        assertEquals(without, numbers(page));
        Await.until("the last", device::lines, () -> numbers(device).contains(60));
        assertEquals(without, numbers(device));
        assertEquals(List.of("decode:video"), from(graph, "a"));
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void aBundleThatGoesTakesItsDecoderAndTheDownloadWithIt() {
        var hard = hard();
        download();
        var graph = run("a.type = sink.host", "a.from = decode", "c.type = sink.any", "c.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(page, 1, 20);
        rig.remove(hard);
        feed.put("video", packets(21, 40));
        awaitNumbers(page, 1, 40);
        awaitNumbers(device, 1, 40);
        assertEquals(List.of("cam", "decode", "a", "c"), names(graph));
    }

    @Test
    void whatComesOnTheHostIsUploadedForWhoTakesItOnTheDevice() {
        upload();
        var graph = run("a.type = sink.host", "a.from = decode", "c.type = sink.cuda", "c.from = decode");
        device.fault(sample -> assertEquals(Kind.CUDA, sample.memory().kind()));
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(device, 1, 50);
        assertEquals("gpu.upload", stage(graph, "decode+upload").implementation());
        feed.end();
        Rig.await(graph, State.ENDED);
    }

    @Test
    void aTransferComesAndGoesWithItsConsumerAndNobodyElseNoticesIt() {
        hard();
        download();
        var graph = run("c.type = sink.cuda", "c.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(device, 1, 20);
        assertEquals(List.of("cam", "decode", "c"), names(graph));
        feed.put("video", packets(21, 2000));
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    Optional.empty(),
                    rig.change(
                            graph,
                            Rig.lines(
                                    DECODED,
                                    "c.type = sink.cuda",
                                    "c.from = decode",
                                    "a.type = sink.host",
                                    "a.from = decode")));
            assertEquals(List.of("cam", "decode", "decode+download", "a", "c"), names(graph));
            assertEquals(
                    Optional.empty(), rig.change(graph, Rig.lines(DECODED, "c.type = sink.cuda", "c.from = decode")));
            Await.until("it goes", () -> names(graph), () -> names(graph).equals(List.of("cam", "decode", "c")));
        }
        awaitNumbers(device, 1, 2000);
        assertEquals(1, device.lines("open").size());
    }

    @Test
    void whoStaysOnATransferLosesNothingWhenOthersComeAndGo() {
        hard();
        download();
        var graph = run("a.type = sink.host", "a.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 2000));
        for (int i = 0; i < 5; i++) {
            rig.change(
                    graph,
                    Rig.lines(
                            DECODED, "a.type = sink.host", "a.from = decode", "b.type = sink.more", "b.from = decode"));
            rig.change(graph, Rig.lines(DECODED, "a.type = sink.host", "a.from = decode"));
        }
        awaitNumbers(page, 1, 2000);
        assertEquals(1, page.lines("open").size());
        assertEquals(List.of("cam", "decode", "decode+download", "a"), names(graph));
    }

    @Test
    void anotherPipelineSharesTheTransfer() {
        hard();
        download();
        var lobby = run("a.type = sink.host", "a.from = decode");
        var yard = rig.make("yard", "b.type = sink.more", "b.from = lobby/decode [policy=block]");
        yard.start();
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(other, 1, 50);
        assertEquals(List.of("cam", "decode", "decode+download", "a"), names(lobby));
        assertEquals(List.of("lobby/decode+download:video"), from(yard, "b"));
        assertEquals(50, stage(lobby, "decode+download").samplesIn());
        rig.change(lobby, Rig.lines(DECODED, "c.type = sink.cuda", "c.from = decode"));
        feed.put("video", packets(51, 80));
        awaitNumbers(other, 1, 80);
        assertEquals(List.of("cam", "decode", "decode+download", "c"), names(lobby));
    }

    @Test
    void aRoleWhoseHardwareDoesNotOpenTakesOverTheDownloadAndMissesNothing() {
        hard();
        download();
        shelf.put(Type.of("encoder.soft").accepts("frame").emits("same").role("encoder"), Passage::new);
        shelf.put(
                Type.of("encoder.hard").accepts("frame@cuda").emits("same").role("encoder"),
                () -> Passage.refusing("CUDA"));
        var graph = run(
                "a.type = sink.host",
                "a.from = decode",
                "encode.type = encoder",
                "encode.from = decode",
                "b.type = sink.more",
                "b.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(other, 1, 50);
        assertEquals(
                "encoder.soft fills it; refused by encoder.hard (can't do CUDA)",
                stage(graph, "encode").reason());
        assertEquals(50, stage(graph, "decode+download").samplesIn());
    }

    @Test
    void anUploadGoesWhenTheHardwareItWasForFailsAtWork() {
        upload();
        shelf.put(
                Type.of("encoder.soft").accepts("frame").emits("frame").role("encoder"),
                () -> Device.Maker.in(Kind.HOST));
        shelf.put(
                Type.of("encoder.hard").accepts("frame@cuda").emits("frame").role("encoder"),
                () -> Device.Maker.failing(Kind.HOST, 21));
        var graph = run("encode.type = encoder", "encode.from = decode", "b.type = sink.more", "b.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(other, 1, 20);
        assertEquals(List.of("cam", "decode", "decode+upload", "encode", "b"), names(graph));
        feed.put("video", packets(21, 21));
        Await.until("another takes over", () -> stage(graph, "encode"), () -> stage(graph, "encode")
                .implementation()
                .equals("encoder.soft"));
        Await.until("the upload goes", () -> names(graph), () -> names(graph)
                .equals(List.of("cam", "decode", "encode", "b")));
        feed.put("video", packets(22, 40));
        Await.until("the last", other::lines, () -> numbers(other).contains(40));
        assertEquals(List.of("decode:video"), from(graph, "encode"));
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void whenTheDeviceGoesBothTheDecoderAndTheEncoderGiveWay() {
        hard(() -> Device.Maker.failing(Kind.CUDA, 21));
        download();
        upload();
        var moved = new CountDownLatch(1);
        shelf.put(
                Type.of("encoder.soft").accepts("frame").emits("frame").role("encoder"),
                () -> Device.Maker.in(Kind.HOST));
        shelf.put(
                Type.of("encoder.hard").accepts("frame@cuda").emits("frame").role("encoder"),
                () -> Device.Maker.failing(Kind.HOST, 19, moved));
        var graph = run("encode.type = encoder", "encode.from = decode", "b.type = sink.more", "b.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 25));
        awaitNumbers(other, 1, 18);
        Await.until("the decoder gives way", () -> stage(graph, "decode"), () -> stage(graph, "decode")
                .implementation()
                .equals("decoder.soft"));
        moved.countDown();
        Await.until("the encoder gives way", () -> stage(graph, "encode"), () -> stage(graph, "encode")
                .implementation()
                .equals("encoder.soft"));
        feed.put("video", packets(26, 40));
        Await.until("the last", other::lines, () -> numbers(other).contains(40));
        Await.until("directly", () -> from(graph, "encode"), () -> from(graph, "encode")
                .equals(List.of("decode:video")));
    }

    @Test
    void aRoleWhoseHardwareTakesItNeedsNoDownload() {
        hard();
        download();
        shelf.put(Type.of("encoder.soft").accepts("frame").emits("same").role("encoder"), Passage::new);
        shelf.put(Type.of("encoder.hard").accepts("frame@cuda").emits("same").role("encoder"), Passage::new);
        var graph = run("encode.type = encoder", "encode.from = decode", "c.type = sink.cuda", "c.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(device, 1, 50);
        assertEquals("encoder.hard", stage(graph, "encode").implementation());
        Await.until(
                "no download", () -> names(graph), () -> names(graph).equals(List.of("cam", "decode", "encode", "c")));
    }

    @Test
    void betweenDevicesItGoesOverTheHost() {
        download();
        shelf.put(
                Type.of("other.upload").accepts("frame").emits("frame@vaapi").role("upload"),
                () -> Device.Maker.in(Kind.VAAPI));
        shelf.put(Type.of("sink.vaapi").accepts("frame@vaapi"), () -> new Collector(device));
        hard();
        var graph = run(
                "decode.prefer = decoder.hard",
                "a.type = sink.host",
                "a.from = decode",
                "c.type = sink.vaapi",
                "c.from = decode");
        device.fault(sample -> assertEquals(Kind.VAAPI, sample.memory().kind()));
        feed.put("video", VIDEO).put("video", packets(1, 50));
        awaitNumbers(page, 1, 50);
        awaitNumbers(device, 1, 50);
        assertEquals(List.of("cam", "decode", "decode+download", "decode+download+upload", "a", "c"), names(graph));
        assertEquals(50, stage(graph, "decode+download").samplesIn());
        feed.end();
        Rig.await(graph, State.ENDED);
    }

    @Test
    void aSinkOfManyTracksGetsEachWhereItTakesIt() {
        hard();
        download();
        page.fault(sample -> assertEquals(Kind.HOST, sample.memory().kind()));
        shelf.put(Type.of("sink.all").accepts("frame", "packet").many(), () -> new Collector(page));
        var graph = run("all.type = sink.all", "all.from = decode, cam");
        feed.put("video", VIDEO).put("video", packets(1, 20)).end();
        page.await("decode+download:video 20");
        page.await("cam:video 20");
        assertEquals(20, page.lines("decode+download:video").size());
        Rig.await(graph, State.ENDED);
        assertEquals(State.ENDED, stage(graph, "decode+download").state());
    }

    @Test
    void sleepsWithTheBranchThatItIsFor() {
        hard();
        download();
        var watched = new AtomicBoolean();
        shelf.put(Type.of("sink.watched").accepts("frame"), () -> new Watched(page, watched));
        var graph = rig.start(
                "cam.type = source.camera",
                "decode.type = decoder",
                "decode.from = cam",
                "c.type = sink.cuda",
                "c.from = decode",
                "a.type = sink.watched",
                "a.from = decode");
        camera.put("video", VIDEO).put("video", packet(1));
        Await.until(
                "sleeps",
                graph::stages,
                () -> names(graph).contains("decode+download")
                        && stage(graph, "decode+download").reason().contains(Activation.ASLEEP));
        assertEquals("", stage(graph, "decode+download").implementation());
        watched.set(true);
        Await.until("wakes", () -> stage(graph, "decode+download"), () -> stage(graph, "decode+download")
                .implementation()
                .equals("gpu.download"));
        camera.put("video", packet(2));
        page.await("decode+download:video 2");
    }

    /** Needs something while it is watched. */
    private static final class Watched implements Sink<Sample> {

        private final Collector collector;
        private final AtomicBoolean watched;

        Watched(Collector.Page page, AtomicBoolean watched) {
            this.collector = new Collector(page);
            this.watched = watched;
        }

        @Override
        public void open(StageContext context) {
            context.demand(watched::get);
            collector.open(context);
        }

        @Override
        public void format(Input input, Format format) {
            collector.format(input, format);
        }

        @Override
        public void process(Input input, Sample sample) throws Exception {
            collector.process(input, sample);
        }

        @Override
        public void close() {
            collector.close();
        }
    }
}
