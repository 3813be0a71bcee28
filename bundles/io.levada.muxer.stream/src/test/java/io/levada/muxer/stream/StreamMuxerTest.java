/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Chunk;
import io.levada.api.media.ChunkFormat;
import io.levada.api.media.Packet;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.source.media.test.Clip;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamMuxerTest {

    @TempDir
    static Path clips;

    @BeforeAll
    static void makeClips() {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x108:rate=25:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=4",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-g",
                "25",
                "-c:a",
                "aac",
                "av.mp4");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "av.ts");
        FFmpegProgram.run(
                clips,
                "-i",
                "av.mp4",
                "-vf",
                "scale=96:54",
                "-c:v",
                "libx264",
                "-g",
                "25",
                "-c:a",
                "copy",
                "small.mp4");
        FFmpegProgram.run(
                clips,
                "-i",
                "av.mp4",
                "-c:v",
                "libx265",
                "-x265-params",
                "log-level=error:keyint=25",
                "-c:a",
                "copy",
                "hevc.ts");
        FFmpegProgram.run(
                clips,
                "-i",
                "av.mp4",
                "-c:v",
                "libvpx-vp9",
                "-cpu-used",
                "8",
                "-deadline",
                "realtime",
                "-g",
                "25",
                "-c:a",
                "libopus",
                "av.webm");
        FFmpegProgram.run(
                clips, "-i", "av.mp4", "-c:v", "libsvtav1", "-preset", "12", "-g", "25", "-c:a", "libopus", "av1.mkv");
    }

    private static StageHarness muxer(String format, String fragment) {
        return StageHarness.with(new StreamMuxer())
                .parameters(Map.of("format", format, "fragment", fragment))
                .inputs("cam:video", "cam:audio")
                .open();
    }

    private static List<Chunk> chunks(StageHarness stage) {
        List<Chunk> chunks = new ArrayList<>();
        for (var sample : stage.samples()) {
            chunks.add((Chunk) sample);
        }
        return chunks;
    }

    /** The hashes of the pictures in chunks put one after the other. */
    private static List<String> pictures(List<Chunk> chunks) {
        try {
            var file = Files.createTempFile(clips, "chunks", ".bin");
            try (var out = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                for (var chunk : chunks) {
                    out.write(chunk.data().duplicate());
                }
            }
            return pictures(file.getFileName().toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> pictures(String file) {
        return FFmpegProgram.run(clips, "-i", file, "-map", "0:v", "-f", "framemd5", "-")
                .lines()
                .filter(line -> line.matches("\\d+,.*"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "av.mp4, mp4",
        "av.ts, mp4",
        "hevc.ts, mp4",
        "av1.mkv, mp4",
        "av.mp4, ts",
        "hevc.ts, ts",
        "av.mp4, mkv",
        "av.webm, webm",
        "av1.mkv, webm",
        "av.webm, mp4"
    })
    void theChunksOneAfterTheOtherAreAPlayableStream(String from, String format) {
        for (var fragment : List.of("keyframe", "200 ms")) {
            try (var clip = new Clip(clips, from, 1, "video", "audio");
                    var stage = muxer(format, fragment)) {
                clip.feed(stage);
                stage.drain();
                assertEquals(pictures(from), pictures(chunks(stage)), from + " as " + format + ", " + fragment);
                var media =
                        chunks(stage).stream().filter(chunk -> !chunk.init()).toList();
                assertTrue(
                        fragment.equals("keyframe") ? media.size() == 4 : media.size() >= 16, media.size() + " chunks");
                assertEquals(4, media.stream().filter(Chunk::keyframe).count());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"av.mp4, mp4", "av.mp4, ts", "av.mp4, mkv", "av.webm, webm"})
    void whoJoinsLaterBeginsWithTheInitAndAKeyframeChunk(String from, String format) {
        try (var clip = new Clip(clips, from, 1, "video", "audio");
                var stage = muxer(format, "keyframe")) {
            clip.feed(stage);
            stage.drain();
            List<Chunk> late = new ArrayList<>();
            chunks(stage).stream().filter(Chunk::init).forEach(late::add);
            var keyframes = chunks(stage).stream().filter(Chunk::keyframe).toList();
            late.addAll(keyframes.subList(2, 4));
            assertEquals(pictures(from).subList(50, 100), pictures(late));
        }
    }

    @Test
    void theInitChunkComesFirstAndOnce() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("mp4", "keyframe")) {
            clip.feed(stage);
            stage.drain();
            var chunks = chunks(stage);
            assertTrue(chunks.get(0).init());
            assertEquals(1, chunks.stream().filter(Chunk::init).count());
            assertEquals("ftyp", ascii(chunks.get(0), 4));
            assertEquals("moof", ascii(chunks.get(1), 4));
        }
    }

    private static String ascii(Chunk chunk, int at) {
        var bytes = new byte[4];
        chunk.data().duplicate().position(at).get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void aChunkHasTheStampAndTimeOfItsFirstPacket() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("mp4", "keyframe")) {
            clip.feed(stage);
            stage.drain();
            var keyframes = clip.entries().stream()
                    .filter(entry -> entry.track() == 0 && entry.packet().keyframe())
                    .map(Clip.Entry::packet)
                    .toList();
            var chunks = chunks(stage);
            for (int i = 0; i < 4; i++) {
                Packet first = keyframes.get(i);
                assertEquals(first.stamp(), chunks.get(i + 1).stamp());
                assertEquals(i * 1_000_000_000L, chunks.get(i + 1).pts());
                assertEquals(1_000_000_000L, chunks.get(i + 1).duration());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "av.mp4 | mp4 | video/mp4; codecs=\"avc1.64000b, mp4a.40.2\"",
                "av.ts | mp4 | video/mp4; codecs=\"avc1.64000b, mp4a.40.2\"",
                "hevc.ts | mp4 | video/mp4; codecs=\"hvc1.1.6.L30.90, mp4a.40.2\"",
                "av.webm | webm | video/webm; codecs=\"vp09.00.10.08, opus\"",
                "av1.mkv | mp4 | video/mp4; codecs=\"av01.0.00M.08, opus\"",
                "av.mp4 | ts | video/mp2t; codecs=\"avc1.64000b, mp4a.40.2\""
            })
    void theMediaTypeNamesTheCodecsAsTheWebDoes(String from, String format, String mime) {
        try (var clip = new Clip(clips, from, 1, "video", "audio");
                var stage = muxer(format, "keyframe")) {
            clip.feed(stage);
            assertEquals(mime, ((ChunkFormat) stage.formats().single()).mime());
        }
    }

    @Test
    void soundAloneIsCutByTime() {
        try (var clip = new Clip(clips, "av.mp4", 1, "audio");
                var stage = muxer("mp4", "keyframe")) {
            clip.feed(stage);
            stage.drain();
            assertEquals(
                    "audio/mp4; codecs=\"mp4a.40.2\"",
                    ((ChunkFormat) stage.formats().single()).mime());
            int media = chunks(stage).size() - 1;
            assertTrue(media >= 7 && media <= 9, media + " chunks of half a second");
        }
    }

    @Test
    void aChangeOfFormatBringsANewInitChunkAndTimeGoesOn() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var small = new Clip(clips, "small.mp4", 1, "video", "audio");
                var stage = muxer("mp4", "keyframe")) {
            clip.feed(stage);
            small.feed(stage);
            stage.drain();
            var inits = chunks(stage).stream().filter(Chunk::init).toList();
            assertEquals(2, inits.size());
            assertFalse(inits.get(0).data().equals(inits.get(1).data()));
            int second = chunks(stage).indexOf(inits.get(1));
            assertEquals(
                    pictures("small.mp4"),
                    pictures(chunks(stage).subList(second, chunks(stage).size())));
        }
    }

    @Test
    void aFlushForgetsTheChunkInTheMaking() {
        try (var clip = new Clip(clips, "av.mp4", 2, "video", "audio");
                var stage = muxer("mp4", "keyframe")) {
            clip.formats(stage);
            clip.packets(stage, 0, 100);
            stage.flush(1);
            clip.packets(stage, clip.entries().size() / 2 - 10, clip.entries().size());
            stage.drain();
            var inits = chunks(stage).stream().filter(Chunk::init).toList();
            int second = chunks(stage).lastIndexOf(inits.get(inits.size() - 1));
            assertEquals(
                    100,
                    pictures(chunks(stage).subList(second, chunks(stage).size()))
                            .size());
        }
    }

    @Test
    void memoryIsUsedAgain() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("mp4", "200 ms")) {
            clip.feed(stage);
            stage.drain();
            var memories = chunks(stage).stream().map(Chunk::memory).collect(Collectors.toSet());
            stage.clear();
            try (var again = new Clip(clips, "av.mp4", 2, "video", "audio")) {
                again.packets(stage, again.entries().size() / 2, again.entries().size());
            }
            stage.drain();
            assertTrue(chunks(stage).stream().map(Chunk::memory).anyMatch(memories::contains));
        }
    }

    @Test
    void aCodecThatDoesNotFitIsNamedWithWhatWould() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio");
                var stage = muxer("webm", "keyframe")) {
            var problem = assertThrows(StageException.class, () -> clip.formats(stage));
            assertEquals(StageException.Kind.INVALID, problem.kind());
            assertEquals("webm can't hold h264 video", problem.getMessage());
            assertEquals("format", problem.parameter().orElse("none"));
            assertEquals(
                    "take mp4, mkv, ts instead, or put an encoder in front: webm holds vp8, vp9, av1",
                    problem.remedy().orElseThrow());
        }
    }

    @Test
    void soundThatDoesNotFitIsNamedWithWhatWould() {
        try (var stage = muxer("webm", "keyframe")) {
            var problem = assertThrows(StageException.class, () -> stage.feed(Packets.audio("aac", 48_000, 2)));
            assertEquals("webm can't hold aac audio", problem.getMessage());
            assertEquals(
                    "take mp4, mkv, ts instead, or put an encoder in front: webm holds opus",
                    problem.remedy().orElseThrow());
        }
    }

    @Test
    void aFragmentThatIsNoDurationIsInvalid() {
        var problem = assertThrows(StageException.class, () -> muxer("mp4", "often"));
        assertEquals("fragment", problem.parameter().orElseThrow());
    }

    @Test
    void keepsTheStageContract() {
        try (var clip = new Clip(clips, "av.mp4", 1, "video", "audio")) {
            StageTck.verify(StreamMuxer::new, material(clip, 0).samples(60).with(material(clip, 1)));
        }
    }

    /** A track of the clip, round by round. */
    private static Accepts material(Clip clip, int track) {
        var format = clip.formats().get(track);
        var packets = clip.entries().stream()
                .filter(entry -> entry.track() == track)
                .map(Clip.Entry::packet)
                .toList();
        return Accepts.stream(format, (round, index) -> {
            var packet = packets.get(index % packets.size());
            long shift = format.timeBase().fromNanos(10_000_000_000L * round);
            packet.retain();
            return packet.toBuilder()
                    .pts(packet.pts() + shift)
                    .dts(packet.dts() + shift)
                    .build();
        });
    }
}
