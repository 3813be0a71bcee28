/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Format;
import io.levada.api.media.Memory.Kind;
import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Stages that are put in where a consumer takes what is put out, but in other memory. */
class TransferTest extends TransferFixture {

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
        assertEquals(range(1, 10), device.numbers());
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
        Await.until(
                "it, too", graph::stages, () -> stage(graph, "decode+download").state() == State.ENDED);
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
