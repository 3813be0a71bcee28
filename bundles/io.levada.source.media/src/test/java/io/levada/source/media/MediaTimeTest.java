/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.testkit.StageHarness;
import io.levada.testkit.VirtualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the content's own times: loops, starts, jumps, streams joined in the middle, stalls. */
class MediaTimeTest {

    @TempDir
    static Path clips;

    @BeforeAll
    static void makeClips() throws IOException {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x108:rate=25:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000:duration=4.5",
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
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "av.mkv");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-c", "copy", "av.flv");
        FFmpegProgram.run(clips, "-i", "av.mp4", "-map", "0:v", "-c", "copy", "v.h264");
        FFmpegProgram.run(clips, "-display_rotation", "90", "-i", "av.mp4", "-c", "copy", "turned.mp4");
        byte[] ts = Files.readAllBytes(clips.resolve("av.ts"));
        Files.write(clips.resolve("joined.ts"), Arrays.copyOfRange(ts, 188 * (ts.length / 188 / 8), ts.length));
        var twice = Arrays.copyOf(ts, ts.length * 2);
        System.arraycopy(ts, 0, twice, ts.length, ts.length);
        Files.write(clips.resolve("twice.ts"), twice);
    }

    private static StageHarness source(String url, String... parameters) {
        return source(VirtualClock.automatic(), url, parameters);
    }

    private static StageHarness source(VirtualClock clock, String url, String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("url", url));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new MediaSource())
                .parameters(all)
                .home(clips)
                .clock(clock)
                .open();
    }

    private static void toTheEnd(StageHarness stage) {
        while (stage.produce()) {
            // each call brings a packet
        }
    }

    private static List<Packet> packets(StageHarness stage, String track) {
        List<Packet> packets = new ArrayList<>();
        stage.track(track).packets().forEach(packets::add);
        return packets;
    }

    private static void rises(List<Packet> packets) {
        for (int i = 1; i < packets.size(); i++) {
            assertTrue(
                    packets.get(i).dts() > packets.get(i - 1).dts(), packets.get(i) + " after " + packets.get(i - 1));
            assertTrue(
                    packets.get(i).dts() <= packets.get(i).pts(), packets.get(i).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"av.mp4", "av.mkv", "av.ts", "av.flv"})
    void everyRoundIsTheSameAndFollowsTheOneBefore(String file) {
        try (var stage = source(file, "loop", "true")) {
            stage.produce("video", 401);
            for (var track : List.of("video", "audio")) {
                var packets = packets(stage, track);
                rises(packets);
                var first = round(packets, 0);
                for (int epoch = 1; epoch < 3; epoch++) {
                    var round = round(packets, epoch);
                    assertEquals(first.size(), round.size(), track);
                    long shift = round.get(0).stamp().runningTime()
                            - first.get(0).stamp().runningTime();
                    for (int i = 0; i < first.size(); i++) {
                        assertEquals(first.get(i).data(), round.get(i).data(), track + " packet " + i);
                        assertEquals(
                                shift,
                                round.get(i).stamp().runningTime()
                                        - first.get(i).stamp().runningTime(),
                                2_000_000,
                                track + " packet " + i);
                    }
                }
            }
            long video = round(packets(stage, "video"), 1).get(0).stamp().runningTime();
            assertEquals(
                    4_500_000_000L,
                    video - round(packets(stage, "video"), 0).get(0).stamp().runningTime(),
                    70_000_000);
            assertEquals(List.of(), stage.warnings());
        }
    }

    private static List<Packet> round(List<Packet> packets, int epoch) {
        return packets.stream()
                .filter(packet -> packet.stamp().epoch() == epoch)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"av.mp4", "av.mkv", "av.ts"})
    void aStartBeginsAtTheKeyframeBeforeAndAtTimeZero(String file) {
        try (var stage = source(file, "start", "2.5 s")) {
            toTheEnd(stage);
            var video = packets(stage, "video");
            assertTrue(video.get(0).keyframe());
            assertEquals(
                    file.endsWith("ts") ? 25 : 50, video.size(), "MPEG-TS has no index, so it is the keyframe after");
            long audio = packets(stage, "audio").get(0).stamp().runningTime();
            assertEquals(0, Math.min(audio, video.get(0).stamp().runningTime()), 100_000_000);
        }
    }

    @Test
    void roundsOfALoopBeginAtTheStart() {
        try (var stage = source("av.mp4", "start", "3 s", "loop", "true")) {
            stage.produce("video", 76);
            var video = packets(stage, "video");
            rises(video);
            assertEquals(25, round(video, 1).size());
        }
    }

    @Test
    void aStreamJoinedBetweenKeyframesBeginsAtTheNext() {
        try (var stage = source("joined.ts")) {
            toTheEnd(stage);
            var video = packets(stage, "video");
            assertTrue(video.get(0).keyframe());
            assertEquals(75, video.size());
            rises(packets(stage, "audio"));
        }
    }

    @Test
    void aClockThatBeginsAnewInTheMiddleIsPlayedOn() {
        try (var stage = source("twice.ts")) {
            toTheEnd(stage);
            var video = packets(stage, "video");
            assertTrue(video.size() >= 199, video.size() + " packets");
            rises(video);
            rises(packets(stage, "audio"));
            long last = video.get(video.size() - 1).stamp().runningTime();
            assertEquals(8_500_000_000L, last, 600_000_000, "twice as long");
            assertEquals(1, video.get(video.size() - 1).stamp().epoch());
            assertEquals(
                    1,
                    stage.warnings().stream().filter(w -> w.contains("jump")).count(),
                    stage.warnings().toString());
        }
    }

    @Test
    void aBareBitStreamGetsTimesOfItsFrameRate() {
        try (var stage = source("v.h264", "loop", "true")) {
            stage.produce("video", 250);
            var video = packets(stage, "video");
            long before = Long.MIN_VALUE;
            for (var packet : video) {
                assertTrue(packet.dts() > before, packet.toString());
                before = packet.dts();
            }
            assertEquals(10_000_000_000L, video.get(249).stamp().runningTime(), 500_000_000);
        }
    }

    @Test
    void theDisplayMatrixIsKept() {
        try (var stage = source("turned.mp4")) {
            stage.produce();
            var format = (PacketFormat) stage.track("video").formats().single();
            assertTrue(
                    format.details().get("rotation").matches("-?90|270"),
                    format.details().toString());
        }
    }

    @Test
    void afterAStallItCatchesUpByHalfASecondAtMost() throws InterruptedException {
        var clock = VirtualClock.automatic();
        try (var stage = source(clock, "av.mp4")) {
            stage.produce("video", 10);
            clock.advance(Duration.ofSeconds(30));
            long stalled = clock.nanoTime();
            stage.produce("video", 60);
            var video = packets(stage, "video");
            long burst = video.stream()
                    .filter(packet -> packet.stamp().captured() == stalled)
                    .count();
            assertTrue(burst >= 12 && burst <= 15, burst + " packets at once");
            assertEquals(
                    40_000_000,
                    video.get(59).stamp().captured() - video.get(58).stamp().captured(),
                    1_000_000);
        }
    }

    /** Opened by a platform that writes down how old its content is. */
    private static final class Aged implements Source {

        private final MediaSource source = new MediaSource();
        private final List<Long> ages = new ArrayList<>();

        @Override
        public void open(StageContext context) throws StageException {
            source.open((StageContext) Proxy.newProxyInstance(
                    StageContext.class.getClassLoader(),
                    new Class<?>[] {StageContext.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("runningStart") && arguments != null) {
                            ages.add((Long) arguments[0]);
                        }
                        return method.invoke(context, arguments);
                    }));
        }

        @Override
        public boolean produce(Outputs outputs) throws StageException {
            return source.produce(outputs);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    @Test
    void whatAPeerSendsAtOnceIsAsOldAsItIsLong() throws Exception {
        byte[] content = Files.readAllBytes(clips.resolve("av.ts"));
        var aged = new Aged();
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var opened = new CountDownLatch(1);
            var served = CompletableFuture.runAsync(() -> {
                try (var peer = socket.accept()) {
                    var out = peer.getOutputStream();
                    out.write(content, 0, content.length / 2);
                    out.flush();
                    for (int i = content.length / 2; i < content.length && !opened.await(20, MILLISECONDS); i += 188) {
                        out.write(content, i, Math.min(188, content.length - i)); // as slowly as a camera
                        out.flush();
                    }
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            try (var stage = StageHarness.with(aged)
                    .parameters(Map.of("url", "tcp://127.0.0.1:" + socket.getLocalPort()))
                    .open()) {
                stage.produce();
                opened.countDown();
                served.join();
                assertThrows(StageException.class, () -> toTheEnd(stage), "a peer does not end");
                rises(packets(stage, "video"));
                rises(packets(stage, "audio"));
            }
        }
        assertEquals(1, aged.ages.size());
        assertEquals(2_200_000_000L, aged.ages.get(0), 1_000_000_000, "half of 4.5 s");
    }

    @Test
    void aFilmOnAWebServerIsPacedLikeAFile() throws IOException {
        byte[] film = Files.readAllBytes(clips.resolve("av.mkv"));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, film.length);
            exchange.getResponseBody().write(film);
            exchange.close();
        });
        server.start();
        var clock = VirtualClock.automatic();
        try (var stage = source(clock, "http://127.0.0.1:" + server.getAddress().getPort() + "/film.mkv")) {
            toTheEnd(stage);
            var video = packets(stage, "video");
            assertEquals(100, video.size());
            assertEquals(
                    99 * 40_000_000L,
                    video.get(99).stamp().captured() - video.get(0).stamp().captured(),
                    1_000_000);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void loopCanBeSwitchedOffWhilePlaying() {
        try (var stage = source("av.mp4", "loop", "true")) {
            stage.produce("video", 110);
            assertTrue(stage.reconfigure(Map.of("url", "av.mp4", "loop", "false")));
            toTheEnd(stage);
            assertEquals(200, packets(stage, "video").size(), "the round that had begun is played to its end");
            assertFalse(stage.reconfigure(Map.of("url", "av.mkv")), "another file needs another instance");
        }
    }
}
