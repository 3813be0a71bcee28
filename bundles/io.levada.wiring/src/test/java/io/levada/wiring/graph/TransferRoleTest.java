/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Memory.Kind;
import io.levada.api.pipeline.State;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who fills a role where its output, or what it takes, may have to be brought over; and what becomes of that when it fails. */
class TransferRoleTest extends TransferFixture {

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
    void aDecoderThatFailsAtWorkGivesWayAndTheDownloadGoes() {
        hard(() -> Device.Maker.failing(Kind.CUDA, 21));
        download();
        var graph = run("a.type = sink.host", "a.from = decode", "b.type = sink.any", "b.from = decode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(page, 1, 20);
        assertEquals(List.of("cam", "decode", "decode+download", "a", "b"), names(graph));
        feed.put("video", packets(21, 60));
        Await.until("the last", page::lines, () -> page.numbers().contains(60));
        assertEquals("decoder.soft", stage(graph, "decode").implementation());
        assertEquals(
                "decoder.soft fills it; decoder.hard failed: the device is gone",
                stage(graph, "decode").reason());
        Await.until("it goes", () -> names(graph), () -> names(graph).equals(List.of("cam", "decode", "a", "b")));
        var without = IntStream.rangeClosed(1, 60)
                .filter(number -> number != 21)
                .boxed()
                .toList();
        assertEquals(without, page.numbers());
        Await.until("the last", device::lines, () -> device.numbers().contains(60));
        assertEquals(without, device.numbers());
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
        encoders(() -> Device.Maker.failing(Kind.HOST, 21));
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
        Await.until("the last", other::lines, () -> other.numbers().contains(40));
        assertEquals(List.of("decode:video"), from(graph, "encode"));
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void whenTheDeviceGoesBothTheDecoderAndTheEncoderGiveWay() {
        hard(() -> Device.Maker.failing(Kind.CUDA, 21));
        download();
        upload();
        var moved = new CountDownLatch(1);
        encoders(() -> Device.Maker.failing(Kind.HOST, 19, moved));
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
        Await.until("the last", other::lines, () -> other.numbers().contains(40));
        Await.until("directly", () -> from(graph, "encode"), () -> from(graph, "encode")
                .equals(List.of("decode:video")));
    }

    /** The hardware is what the supplier makes; it encodes pictures on the device. */
    private void encoders(Supplier<Device.Maker> hardware) {
        shelf.put(
                Type.of("encoder.soft").accepts("frame").emits("frame").role("encoder"),
                () -> Device.Maker.in(Kind.HOST));
        shelf.put(Type.of("encoder.hard").accepts("frame@cuda").emits("frame").role("encoder"), hardware);
    }

    @Test
    void noUploadIsOpenedForHardwareThatDoesNotOpen() {
        var uploads = new AtomicInteger();
        shelf.put(Type.of("gpu.upload").accepts("frame").emits("frame@cuda").role("upload"), () -> {
            uploads.incrementAndGet();
            return Device.Maker.closed(Kind.CUDA);
        });
        uploads.set(0); // one was made to see what it is
        encoders(() -> Device.Maker.closed(Kind.HOST));
        var graph = run("encode.type = encoder", "encode.from = decode", "b.type = sink.more", "b.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 20));
        awaitNumbers(other, 1, 20);
        assertEquals(0, uploads.get());
        assertEquals(List.of("cam", "decode", "encode", "b"), names(graph));
        assertEquals(
                "encoder.soft fills it; refused by encoder.hard (no device)",
                stage(graph, "encode").reason());
    }

    @Test
    void hardwareThatHangsWhileItIsOpenedDoesNotHoldUpOthers() {
        upload();
        var opened = new CountDownLatch(1);
        encoders(() -> Device.Maker.opening(Kind.HOST, opened));
        var graph = run(
                "a.type = sink.host",
                "a.from = decode",
                "encode.type = encoder",
                "encode.from = decode",
                "b.type = sink.more",
                "b.from = encode");
        feed.put("video", VIDEO).put("video", packets(1, 50));
        rig.awaitHang(graph, "encode");
        awaitNumbers(page, 1, 50);
        opened.countDown();
        Rig.await(graph, State.RUNNING);
        var sent = new AtomicInteger(50);
        Await.until("it goes on", other::lines, () -> {
            feed.put("video", packet(sent.incrementAndGet()));
            return !other.numbers().isEmpty();
        });
        awaitNumbers(page, 1, sent.get());
        assertEquals("encoder.hard", stage(graph, "encode").implementation());
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
}
