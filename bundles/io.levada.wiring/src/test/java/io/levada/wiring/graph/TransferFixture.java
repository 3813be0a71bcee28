/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Memory.Kind;
import io.levada.api.media.VideoFrame;
import io.levada.api.pipeline.StageStatus;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/** Stages that work in different memory, and those that bring frames over. */
abstract class TransferFixture extends GraphFixture {

    static final List<String> DECODED = List.of("cam.type = source.feed", "decode.type = decoder", "decode.from = cam");

    final Collector.Page device = new Collector.Page();

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

    StageTypeEntry soft() {
        return shelf.put(
                Type.of("decoder.soft").accepts("packet:video").emits("frame").role("decoder"),
                () -> Device.Maker.in(Kind.HOST));
    }

    StageTypeEntry hard(Supplier<Device.Maker> maker) {
        return shelf.put(
                Type.of("decoder.hard")
                        .accepts("packet:video")
                        .emits("frame@cuda")
                        .role("decoder"),
                maker);
    }

    StageTypeEntry hard() {
        return hard(() -> Device.Maker.in(Kind.CUDA));
    }

    StageTypeEntry download() {
        return shelf.put(
                Type.of("gpu.download").accepts("frame@cuda").emits("frame").role("download"),
                () -> Device.Maker.in(Kind.HOST));
    }

    void upload() {
        shelf.put(
                Type.of("gpu.upload").accepts("frame").emits("frame@cuda").role("upload"),
                () -> Device.Maker.in(Kind.CUDA));
    }

    Graph run(String... more) {
        return rig.start(Rig.lines(DECODED, more));
    }

    static List<String> names(Graph graph) {
        return graph.stages().stream().map(StageStatus::name).toList();
    }

    static StageStatus stage(Graph graph, String name) {
        return graph.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<String> from(Graph graph, String stage) {
        return graph.links().stream()
                .filter(link -> link.to().equals(stage))
                .map(link -> link.from())
                .toList();
    }

    static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    static void awaitNumbers(Collector.Page page, int from, int to) {
        Await.until(from + " to " + to, page::lines, () -> page.numbers().size() >= to - from + 1);
        assertEquals(range(from, to), page.numbers());
    }
}
