/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Source;
import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.graph.Collector;
import io.levada.wiring.graph.Feed;
import io.levada.wiring.graph.Passage;
import io.levada.wiring.graph.Rig;
import io.levada.wiring.graph.Shelf;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where samples lie, as ports word it, and what is said of links between kinds of memory before anything runs. */
class MemoryKindsTest {

    private final Shelf shelf = new Shelf();

    MemoryKindsTest() {
        shelf.put(Type.of("source.grabber").emits("frame:video@cuda"), MemoryKindsTest::source);
        shelf.put(Type.of("source.test").emits("frame:video"), MemoryKindsTest::source);
        shelf.put(Type.of("gpu.scale").accepts("frame:video@cuda").emits("same"), Passage::new);
        shelf.put(Type.of("gpu.tensor").accepts("frame:video@cuda").emits("tensor@cuda"), Passage::new);
        shelf.put(Type.of("filter.scale").accepts("frame:video").emits("same"), Passage::new);
        shelf.put(Type.of("route.gate").accepts("frame@any").emits("same"), Passage::new);
        shelf.put(Type.of("sink.frames").accepts("frame"), MemoryKindsTest::sink);
        shelf.put(Type.of("sink.tensors").accepts("tensor"), MemoryKindsTest::sink);
        shelf.put(Type.of("sink.null").accepts("*@any").many(), MemoryKindsTest::sink);
    }

    private static Source source() {
        return new Feed(new Feed.Content(false));
    }

    private static Collector sink() {
        return new Collector(new Collector.Page());
    }

    private void installDownload() {
        shelf.put(
                Type.of("gpu.download")
                        .accepts("frame:video@cuda")
                        .emits("frame:video")
                        .role("download"),
                Passage::new);
    }

    private void installUpload() {
        shelf.put(
                Type.of("gpu.upload")
                        .accepts("frame:video")
                        .emits("frame:video@cuda")
                        .role("upload"),
                Passage::new);
    }

    private List<String> findings(String... lines) {
        var definition = new DefinitionReader().read("lobby", Rig.keys(lines));
        return DefinitionCheck.check(shelf, definition).stream()
                .map(Finding::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "frame:video,frame:video@host,true",
        "frame:video,frame:video@cuda,false",
        "frame@cuda,frame:video@cuda,true",
        "frame@cuda,frame:video@vaapi,false",
        "frame@any,frame:video@vaapi,true",
        "*,tensor@cuda,false",
        "*@any,tensor@cuda,true",
        "packet@any,frame@any,false"
    })
    void portsMeetWhereTheSameLiesInTheSameMemory(String one, String other, boolean meet) {
        assertEquals(meet, Port.parse(one).meets(Port.parse(other)));
        assertEquals(meet, Port.parse(other).meets(Port.parse(one)));
    }

    @Test
    void aFormatSaysWhereItsSamplesLie() {
        var host = VideoFormat.of(64, 48, PixelFormat.NV12).build();
        var device = host.toBuilder().memory(Memory.Kind.CUDA).build();
        assertEquals("video frames", Port.of(host).toString());
        assertEquals("video frames in host memory", Port.of(host).located());
        assertEquals("video frames in CUDA memory", Port.of(device).toString());
        assertTrue(Port.of(device).meets(Port.parse("frame:video@cuda")));
        assertFalse(Port.of(device).meets(Port.parse("frame:video")));
    }

    @Test
    void anUnknownMemoryIsNamed() {
        var fault = assertThrows(IllegalArgumentException.class, () -> Port.parse("frame@gpu"));
        assertEquals(
                "frame@gpu names no kind of memory; after the @ goes one of host, cuda, vaapi, any",
                fault.getMessage());
    }

    @Test
    void whatATransferStageBringsOverIsNoMistake() {
        installDownload();
        installUpload();
        assertEquals(
                List.of(),
                findings(
                        "in.type = source.grabber",
                        "a.type = filter.scale",
                        "a.from = in",
                        "b.type = gpu.scale",
                        "b.from = a",
                        "out.type = sink.frames",
                        "out.from = b"));
    }

    @Test
    void aTransferStageThatIsNotThereMayStillCome() {
        assertEquals(List.of(), findings("in.type = source.grabber", "out.type = sink.frames", "out.from = in"));
    }

    @Test
    void contentThatNoTransferStageBringsOverIsRefused() {
        installDownload();
        assertEquals(
                List.of(
                        "out.from  t carries tensors in CUDA memory, sink.tensors takes tensors in host memory; gpu.download"
                                + " can't bring it over; put a stage in between that can, or take from one that puts it out where it"
                                + " is wanted"),
                findings(
                        "in.type = source.grabber",
                        "t.type = gpu.tensor",
                        "t.from = in",
                        "out.type = sink.tensors",
                        "out.from = t"));
    }

    @Test
    void whatPassesThroughStaysWhereItIs() {
        installDownload();
        shelf.put(Type.of("sink.vaapi").accepts("frame@vaapi"), MemoryKindsTest::sink);
        installUpload();
        assertEquals(
                List.of("out.from  g carries video frames in CUDA memory, sink.vaapi takes frames in VAAPI memory;"
                        + " gpu.download can't bring it over; put a stage in between that can, or take from one that puts it"
                        + " out where it is wanted"),
                findings(
                        "in.type = source.grabber",
                        "g.type = route.gate",
                        "g.from = in",
                        "all.type = sink.null",
                        "all.from = g",
                        "out.type = sink.vaapi",
                        "out.from = g"));
    }

    @Test
    void packetsStillNeedADecoderWhateverTheMemory() {
        shelf.put(Type.of("source.camera").emits("packet:video"), MemoryKindsTest::source);
        assertEquals(
                List.of(
                        "s.from  in carries video packets, gpu.scale takes video frames in CUDA memory; put a decoder in"
                                + " between"),
                findings("in.type = source.camera", "s.type = gpu.scale", "s.from = in"));
    }
}
