/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Switches and gates under readers, and what is recorded behind them. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class RoutesIT {

    private static final int READERS = 10;
    private static final int SWITCHES = 20;
    private static final Duration SOON = Duration.ofSeconds(20);

    private NodeProcess node;

    @BeforeEach
    void startNode(TestInfo test) {
        var method = test.getTestMethod().orElseThrow().getName();
        node = NodeProcess.run(Nodes.home(RoutesIT.class).resolve(method))
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=100")
                .start();
    }

    @AfterEach
    void stopNode() {
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    private String control(String... words) {
        var arguments = new ArrayList<>(List.of("shell", "control"));
        arguments.addAll(List.of(words));
        var command = node.levada(arguments.toArray(String[]::new));
        assertEquals(0, command.code(), command.out() + command.err());
        return command.out().strip();
    }

    private List<RtpReader> read(String path) throws IOException {
        var readers = new ArrayList<RtpReader>();
        for (int i = 0; i < READERS; i++) {
            readers.add(new RtpReader(node.rtspPort(), path, i % 2 == 0 ? Transport.UDP : Transport.TCP));
        }
        return readers;
    }

    /** What readers noticed: gaps in sequence numbers, the end, time that went back. */
    private static List<String> noticed(List<RtpReader> readers) {
        var noticed = new ArrayList<String>();
        for (var reader : readers) {
            noticed.addAll(reader.faults());
            var times = reader.timestamps("video");
            for (int i = 1; i < times.size(); i++) {
                if ((int) (times.get(i) - times.get(i - 1)) <= 0) {
                    noticed.add("RTP time went from " + times.get(i - 1) + " to " + times.get(i));
                }
            }
        }
        return noticed;
    }

    /** Decodes a stream until it has so much of it. */
    private CompletableFuture<Command.Result> decode(String path, int seconds) {
        var command = Command.of(
                        FFmpegProgram.path(),
                        ("-hide_banner -nostdin -nostats -v warning -rtsp_transport tcp -i " + node.rtsp(path)
                                        + " -map 0:v -fps_mode passthrough -t " + seconds + " -f framecrc -")
                                .split(" "))
                .within(Duration.ofSeconds(seconds + 60));
        return CompletableFuture.supplyAsync(command::run);
    }

    @Test
    void readersOfASwitchedStreamMissNothingAndDecodeAllOfIt() throws Exception {
        node.deploy(
                "lobby",
                """
                one.type        = source.test
                one.size        = 320x240
                one.tone        = 0
                first.type      = encoder
                first.from      = one
                first.codec     = h264
                first.bframes   = 0
                other.type      = source.test
                other.pattern   = smptehdbars
                other.size      = 480x272
                other.rate      = 30
                other.tone      = 0
                second.type     = encoder
                second.from     = other
                second.codec    = h264
                second.bframes  = 0
                switch.type     = route.switch
                switch.from     = first, second
                live.type       = server.rtsp
                live.from       = switch
                live.path       = /lobby
                """);
        node.awaitState("lobby", "RUNNING", SOON);
        var readers = read("/lobby");
        var decoded = decode("/lobby", 25);
        try {
            for (int i = 0; i < SWITCHES; i++) {
                var name = i % 2 == 0 ? "second" : "first";
                var answer = control("lobby/switch", "select", name);
                assertTrue(answer.contains(name + " follows"), answer);
                Await.until(name + " goes through", SOON, () -> control("lobby/switch")
                        .contains(": " + name + " goes through\n"));
            }
            assertEquals(1 + SWITCHES, gauge("lobby", "switch", "switches"));
            var result = decoded.join();
            assertEquals("", result.err(), "what the decoder complains of");
            assertEquals(0, result.code());
            var pictures = FrameHashes.lines(result.out()).size();
            assertTrue(pictures > 25 * 24, pictures + " pictures in 25 s");
            assertEquals(List.of(), noticed(readers));
        } finally {
            readers.forEach(RtpReader::close);
        }
    }

    private long gauge(String pipeline, String stage, String name) {
        for (var each : node.pipeline(pipeline).path("stages")) {
            if (each.path("name").asText().equals(stage)) {
                return each.path("gauges").path(name).asLong(-1);
            }
        }
        return -1;
    }

    @Test
    void readersBehindAGateSeeThatItShutsAndOpensAndNothingElse() throws Exception {
        node.deploy(
                "lobby",
                """
                cam.type     = source.media
                cam.url      = media/car-detection.mp4
                cam.loop     = true
                gate.type    = route.gate
                gate.from    = cam:video
                gate.initial = open
                live.type    = server.rtsp
                live.from    = gate
                live.path    = /lobby
                """);
        node.awaitState("lobby", "RUNNING", SOON);
        var readers = read("/lobby");
        try {
            for (int i = 0; i < 3; i++) {
                assertEquals("open, told to be closed", control("lobby/gate", "close"));
                Await.until("it is shut", SOON, () -> control("lobby/gate").contains("closed, told to be closed"));
                int before = readers.get(0).timestamps("video").size();
                control("lobby/gate", "open");
                Await.until("pictures come again", SOON, () -> readers.stream()
                        .allMatch(reader -> reader.timestamps("video").size() > before + 10));
            }
            assertEquals(List.of(), noticed(readers));
        } finally {
            readers.forEach(RtpReader::close);
        }
    }

    /** Of the clip, three cars drive by in it. */
    @Test
    void aRecordingOnMotionBeginsWithAKeyframeBeforeItAndHasNoHoles() throws Exception {
        node.deploy(
                "lobby",
                """
                cam.type         = source.media
                cam.url          = media/car-detection.mp4
                cam.pace         = fast
                decode.type      = decoder
                decode.from      = cam:video
                motion.type      = analyzer.motion
                motion.from      = decode
                log.type         = sink.events
                log.from         = motion
                log.path         = data/motion.jsonl
                encode.type      = encoder
                encode.from      = decode
                encode.codec     = h264
                encode.bframes   = 0
                encode.gop       = 1 s
                gate.type        = route.gate
                gate.from        = encode, motion
                gate.hold        = 1 s
                gate.pre-roll    = 1 s
                record.type      = muxer.file
                record.from      = gate
                record.path      = data/motion.mkv
                all.type         = muxer.file
                all.from         = encode
                all.path         = data/all.mkv
                """);
        node.awaitState("lobby", "ENDED", Duration.ofMinutes(2));
        var all = packets("all.mkv");
        var motion = packets("motion.mkv");
        var expected = expected(all, moments(node.data().resolve("motion.jsonl")));
        assertEquals(expected, motion.stream().map(FrameHashes.Line::hash).toList());
        var times = motion.stream().map(FrameHashes.Line::pts).toList();
        for (int i = 1; i < times.size(); i++) {
            assertEquals(80, times.get(i) - times.get(i - 1), 1, "milliseconds between two pictures, at " + i);
        }
        assertTrue(flags("motion.mkv").startsWith("K"), "it begins with a keyframe");
        var file = node.data().resolve("motion.mkv").toString();
        var decoded = FFmpegProgram.run("-xerror", "-err_detect", "explode", "-i", file, "-f", "framecrc", "-");
        assertEquals(motion.size(), FrameHashes.lines(decoded).size());
    }

    private List<FrameHashes.Line> packets(String file) {
        return FrameHashes.lines(
                FFmpegProgram.run("-i", node.data().resolve(file).toString(), "-c", "copy", "-f", "framemd5", "-"));
    }

    private String flags(String file) {
        var path = node.data().resolve(file).toString();
        var command = Command.of("ffprobe", "-v", "error", "-show_entries", "packet=flags", "-of", "csv=p=0", path);
        return command.run().orFail(command).out();
    }

    /** When something moved, milliseconds. */
    private static List<Long> moments(Path journal) throws IOException {
        var moments = new ArrayList<Long>();
        for (var line : Files.readAllLines(journal)) {
            var event = new ObjectMapper().readTree(line);
            if (event.path("regions").size() > 0) {
                moments.add(Math.round(event.path("running").asDouble() * 1000));
            }
        }
        assertTrue(moments.size() > 100, moments.toString());
        return moments;
    }

    /** What a gate lets through of packets whose keyframes are a second apart. */
    private List<String> expected(List<FrameHashes.Line> all, List<Long> moments) {
        var through = new TreeSet<Integer>();
        var keys = flags("all.mkv").lines().toList();
        for (int i = 0; i < all.size(); i++) {
            long time = all.get(i).pts();
            if (moments.stream().anyMatch(moment -> moment <= time && time <= moment + 1000)) {
                through.add(i);
            }
        }
        var begins = through.stream().filter(i -> !through.contains(i - 1)).toList();
        for (int begin : begins) {
            int from = begin;
            while (from > 0
                    && (all.get(from).pts() > all.get(begin).pts() - 1000
                            || !keys.get(from).startsWith("K"))) {
                from--;
            }
            for (int i = from; i < begin; i++) {
                through.add(i);
            }
        }
        assertEquals(3, through.stream().filter(i -> !through.contains(i - 1)).count(), "three cars");
        return through.stream().map(i -> all.get(i).hash()).toList();
    }

    /** Of one stream, so that its packets tell what belongs together. */
    @Test
    void liveSourcesThatStartedApartLieSideBySideInARecording() {
        node.deploy(
                "street",
                """
                test.type      = source.test
                test.size      = 320x240
                test.tone      = 0
                encode.type    = encoder
                encode.from    = test
                encode.codec   = h264
                encode.bframes = 0
                live.type      = server.rtsp
                live.from      = encode
                live.path      = /street
                """);
        node.awaitState("street", "RUNNING", SOON);
        var first = "one.type = source.media\none.url = " + node.rtsp("/street") + "\n";
        node.deploy("lobby", first + "look.type = sink.null\nlook.from = one\n");
        node.awaitState("lobby", "RUNNING", SOON);
        Await.until("the first has been there for a while", SOON, () -> samples("one") > 100);
        var both = node.deploy(
                "lobby",
                first + "two.type = source.media\ntwo.url = " + node.rtsp("/street") + "\nrecord.type = muxer.file\n"
                        + "record.from = one, two\nrecord.path = data/both.mkv\n");
        Await.until("both were recorded for a while", SOON, () -> samples("two") > 150);
        node.remove(both);
        node.awaitGone("lobby", SOON);

        var packets = FrameHashes.lines(FFmpegProgram.run(
                "-i", node.data().resolve("both.mkv").toString(), "-map", "0", "-c", "copy", "-f", "framemd5", "-"));
        var times = new HashMap<String, Long>();
        packets.stream()
                .filter(packet -> packet.stream() == 0)
                .forEach(packet -> times.put(packet.hash(), packet.pts()));
        var apart = packets.stream()
                .filter(packet -> packet.stream() == 1 && times.containsKey(packet.hash()))
                .map(packet -> packet.pts() - times.get(packet.hash()))
                .toList();
        assertTrue(apart.size() > 50, apart.size() + " pictures are in both");
        var most = apart.stream().mapToLong(Math::abs).max().orElseThrow();
        System.out.println("The same picture of two sources lies at most " + most + " ms apart");
        assertTrue(most <= 80, () -> "two pictures are 80 ms: " + apart);
    }

    private long samples(String stage) {
        for (var each : node.pipeline("lobby").path("stages")) {
            if (each.path("name").asText().equals(stage)) {
                return each.path("samplesOut").asLong();
            }
        }
        return 0;
    }
}
