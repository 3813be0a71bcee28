/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaSourceTest {

    @TempDir
    static Path clips;

    @BeforeAll
    static void makeClips() {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x108:rate=25:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=2.1",
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
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "-an", "v.mp4");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "av.mkv");
    }

    private static StageHarness play(String url, String... parameters) {
        var all = new java.util.HashMap<String, String>();
        all.put("url", url);
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new MediaSource())
                .parameters(all)
                .home(clips)
                .named("lobby", "cam")
                .open();
    }

    private static void toTheEnd(StageHarness stage) {
        while (stage.produce()) {
            // each call brings a packet
        }
    }

    private static String hash(Packet packet) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(packet.data().duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** What ffprobe says of each packet of a stream: pts, dts, duration, flags, hash. */
    private static List<String> truth(String file, String stream) {
        var text = FFmpegProgram.probe(
                clips,
                "-select_streams",
                stream,
                "-show_packets",
                "-show_data_hash",
                "sha256",
                "-show_entries",
                "packet=pts,dts,duration,flags,data_hash",
                "-of",
                "compact=p=0:nk=1",
                file);
        return text.lines()
                .map(line -> String.join(
                        "|", List.of(line.replace("SHA256:", "").split("\\|")).subList(0, 5)))
                .toList();
    }

    private static List<String> played(StageHarness stage, String track) {
        List<String> lines = new ArrayList<>();
        for (var packet : stage.track(track).packets()) {
            lines.add(packet.pts() + "|" + packet.dts() + "|" + packet.duration() + "|"
                    + (packet.keyframe() ? "K__" : "___") + "|" + hash(packet));
        }
        return lines;
    }

    @Test
    void packetsAreThoseOfTheFileBitForBit() {
        try (var stage = play("av.mp4")) {
            toTheEnd(stage);
            assertEquals(truth("av.mp4", "v"), played(stage, "video"));
            assertEquals(keys(truth("av.mp4", "a")), keys(played(stage, "audio")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"av.mkv", "av.ts"})
    void everyContainerGivesItsOwnBits(String file) {
        try (var stage = play(file)) {
            toTheEnd(stage);
            assertEquals(keys(truth(file, "v")), keys(played(stage, "video")));
            assertEquals(keys(truth(file, "a")), keys(played(stage, "audio")));
            rises(stage.track("video").packets());
            for (var packet : stage.track("video").packets()) {
                assertTrue(packet.dts() <= packet.pts(), packet.toString());
            }
        }
    }

    private static List<String> keys(List<String> lines) {
        return lines.stream().map(MediaSourceTest::key).toList();
    }

    private static String key(String line) {
        return line.substring(line.lastIndexOf('|'));
    }

    @Test
    void formatsCarryWhatTheFileSays() {
        try (var stage = play("av.mp4")) {
            stage.produce();
            var video = (PacketFormat) stage.track("video").formats().single();
            assertEquals("h264", video.codec());
            assertEquals(192, video.width());
            assertEquals(25.0, video.frameRate().value());
            assertEquals(1, video.extradata().get(0), "avcC, as the file has it");
            var audio = (PacketFormat) stage.track("audio").formats().single();
            assertEquals("aac", audio.codec());
            assertEquals(48_000, audio.sampleRate());
        }
    }

    @Test
    void aLoopGoesOnWithoutAJumpInTime() {
        try (var stage = play("v.mp4", "loop", "true")) {
            stage.produce("video", 500);
            var packets = stage.track("video").packets();
            long frame = 512;
            long before = Long.MIN_VALUE;
            var shown = new ArrayList<Long>();
            for (int i = 0; i < 500; i++) {
                var packet = packets.get(i);
                if (i > 0) {
                    assertEquals(before + frame, packet.dts(), "packet " + i);
                }
                before = packet.dts();
                assertEquals(i / 50, packet.stamp().epoch());
                assertEquals(hash(packets.get(i % 50)), hash(packet));
                shown.add(packet.pts());
            }
            shown.sort(null);
            for (int i = 0; i < 500; i++) {
                assertEquals(i * frame, shown.get(i));
            }
        }
    }

    @Test
    void aLoopKeepsAudioAndVideoInStep() {
        try (var stage = play("av.mp4", "loop", "true")) {
            stage.produce("video", 500);
            var video = stage.track("video").packets();
            var audio = stage.track("audio").packets();
            long drift = -1;
            for (int epoch = 0; epoch < 9; epoch++) {
                long v = first(video, epoch).stamp().runningTime();
                long a = first(audio, epoch).stamp().runningTime();
                if (epoch == 0) {
                    drift = v - a;
                }
                assertTrue(
                        Math.abs(v - a - drift) < 100_000, "epoch " + epoch + ": " + (v - a) + " instead of " + drift);
            }
            rises(video);
            rises(audio);
        }
    }

    private static Packet first(Iterable<Packet> packets, int epoch) {
        for (var packet : packets) {
            if (packet.stamp().epoch() == epoch) {
                return packet;
            }
        }
        throw new AssertionError("no packet of epoch " + epoch);
    }

    private static void rises(Iterable<Packet> packets) {
        long before = Long.MIN_VALUE;
        for (var packet : packets) {
            assertTrue(packet.dts() > before, packet + " after " + before);
            before = packet.dts();
        }
    }

    @Test
    void aFileIsPacedByTheClock() {
        var clock = VirtualClock.automatic();
        try (var stage = StageHarness.with(new MediaSource())
                .parameters(Map.of("url", "v.mp4"))
                .home(clips)
                .clock(clock)
                .open()) {
            toTheEnd(stage);
            var packets = stage.track("video").packets();
            long start = packets.get(0).stamp().captured();
            for (int i = 0; i < 50; i++) {
                assertEquals(start + i * 40_000_000L, packets.get(i).stamp().captured(), 1000, "packet " + i);
            }
        }
    }

    @Test
    void fastDoesNotWaitAndIsNotLive() {
        var clock = VirtualClock.automatic();
        var source = new MediaSource();
        try (var stage = StageHarness.with(source)
                .parameters(Map.of("url", "v.mp4", "pace", "fast"))
                .home(clips)
                .clock(clock)
                .open()) {
            assertFalse(source.live());
            toTheEnd(stage);
            assertEquals(VirtualClock.NANO_START, clock.nanoTime());
            assertEquals(50, stage.track("video").packets().size());
        }
    }

    @Test
    void tracksAreNamedByKindAndNumberAndCoversAreNone() {
        FFmpegProgram.run(clips, "-f", "lavfi", "-i", "color=size=64x64:duration=0.04", "-frames:v", "1", "cover.jpg");
        FFmpegProgram.run(
                clips,
                "-i",
                "av.mp4",
                "-i",
                "cover.jpg",
                "-map",
                "1",
                "-map",
                "0:v",
                "-map",
                "0:a",
                "-map",
                "0:v",
                "-map",
                "0:a",
                "-c",
                "copy",
                "-disposition:v:0",
                "attached_pic",
                "many.mp4");
        try (var stage = play("many.mp4")) {
            toTheEnd(stage);
            for (var track : List.of("video", "video2")) {
                assertEquals(
                        "h264", ((PacketFormat) stage.track(track).formats().single()).codec());
                assertEquals(50, stage.track(track).packets().size());
            }
            assertEquals(
                    stage.track("audio").packets().size(),
                    stage.track("audio2").packets().size());
            assertEquals(0, stage.track("video3").items().size());
        }
    }

    @Test
    void stampsTellTrackEpochAndCapture() {
        try (var stage = play("av.mp4")) {
            stage.produce("video", 2);
            var packet = stage.track("video").packets().get(1);
            assertEquals("lobby/cam:video", packet.stamp().source());
            assertSame(
                    packet.stamp().source(),
                    stage.track("video").packets().get(0).stamp().source());
            assertEquals(packet.pts(), packet.stamp().pts());
            assertEquals(
                    packet.stamp().captured() - VirtualClock.NANO_START,
                    packet.stamp().captureTime() - VirtualClock.WALL_START);
        }
    }

    @Test
    void hundredsOfRoundsLeaveNoDescriptorBehind() throws IOException {
        rounds(20);
        long before = descriptors();
        rounds(300);
        assertEquals(before, descriptors());
    }

    private static void rounds(int rounds) {
        for (int i = 0; i < rounds; i++) {
            try (var stage = play("av.mp4")) {
                stage.produce("video", 3);
            }
        }
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                MediaSource::new,
                Accepts.nothing()
                        .parameters(Map.of("url", clips.resolve("av.mp4").toString())));
    }
}
