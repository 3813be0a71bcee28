/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The examples of the distribution do what they say, as they are. */
@Execution(ExecutionMode.SAME_THREAD)
class ExamplesIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    /** What loads a library and a model first, on a busy machine. */
    private static final Duration LATER = Duration.ofMinutes(2);

    private static NodeProcess node;

    @BeforeAll
    static void startNode() {
        node = NodeProcess.run(Nodes.home(ExamplesIT.class)).start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void eachIsTriedByATest() throws IOException {
        try (var files = Files.list(node.home().resolve("examples"))) {
            var names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("io.levada.pipeline-"))
                    .map(name -> name.replaceAll("io\\.levada\\.pipeline-(.*)\\.cfg", "$1"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(
                    Set.of("detect", "motion", "publish", "record-on-motion", "recording", "rtp", "transcode", "zones"),
                    names);
        }
    }

    @Test
    void recordingWritesWhatTheCameraSends() throws IOException {
        var file = take("recording");
        node.awaitState("recording", "RUNNING", SOON);
        Await.until("something was recorded", SOON, () -> recordings("lobby-").stream()
                .anyMatch(recording -> recording.toFile().length() > 200_000));
        node.remove(file);
        node.awaitGone("recording", SOON);
        var recordings = recordings("lobby-");
        assertEquals(1, recordings.size(), recordings.toString());
        assertTrue(FFmpegProgram.frameHashes(recordings.get(0)).size() > 12);
    }

    @Test
    void recordOnMotionWritesTheCarsWithWhatWasBeforeThem() throws IOException {
        var file = take("record-on-motion");
        node.awaitState("record-on-motion", "RUNNING", SOON);
        Await.until("a car has been recorded", SOON, () -> recordings("motion-").stream()
                .anyMatch(recording -> recording.toFile().length() > 200_000));
        node.remove(file);
        node.awaitGone("record-on-motion", SOON);
        var recordings = recordings("motion-");
        assertEquals(1, recordings.size(), recordings.toString());
        // the first car comes after 4 s of the clip, whose keyframes are 4.8 s apart: it begins with the clip
        var clip = FFmpegProgram.frameHashes(node.home().resolve("media/car-detection.mp4"));
        var recorded = FFmpegProgram.frameHashes(recordings.get(0));
        assertTrue(recorded.size() > 60, recorded.size() + " pictures");
        assertEquals(clip.subList(0, recorded.size()), recorded);
    }

    private static List<Path> recordings(String begin) {
        return list(node.data().resolve("recordings")).stream()
                .filter(file -> file.getFileName().toString().startsWith(begin))
                .toList();
    }

    @Test
    void transcodeMakesAFileOfHalfTheSizeAndEnds() throws IOException {
        take("transcode");
        node.awaitState("transcode", "ENDED", Duration.ofMinutes(2));
        var file = node.data().resolve("transcoded/car-detection.mkv").toString();
        var pictures = FrameHashes.lines(FFmpegProgram.run("-i", file, "-map", "0:v", "-f", "framecrc", "-"));
        assertEquals(377, pictures.size());
        var description = FFmpegProgram.describe(file);
        assertTrue(description.contains("Video: hevc"), description);
        assertTrue(description.contains("384x216"), description);
        assertTrue(description.contains("Audio: opus"), description);
    }

    @Test
    void motionWritesALineOfJsonForEachPictureInWhichSomethingMoves() throws IOException {
        take("motion");
        var file = node.data().resolve("events/motion.jsonl");
        Await.until(
                "events were written",
                SOON,
                () -> Files.exists(file) && lines(file).size() >= 5);
        for (var line : lines(file)) {
            var event = new ObjectMapper().readTree(line);
            assertTrue(event.isObject() && event.size() > 2, line);
        }
    }

    @Test
    void zonesWritesWhoDrivesWhereAndShowsIt() throws IOException {
        take("zones");
        node.awaitState("zones", "RUNNING", SOON);
        var file = node.data().resolve("events/zones.jsonl");
        Await.until(
                "a car has crossed the line",
                Duration.ofSeconds(60),
                () -> Files.exists(file)
                        && lines(file).stream().anyMatch(line -> line.contains("\"subject\":\"line-crossed\"")));
        assertEquals(
                1,
                FrameHashes.lines(FFmpegProgram.run(
                                "-rtsp_transport",
                                "tcp",
                                "-i",
                                node.rtsp("/zones"),
                                "-frames:v",
                                "1",
                                "-f",
                                "framecrc",
                                "-"))
                        .size());
    }

    @Test
    void detectTellsWhatTheModelFindsAndServesThePicture() throws IOException {
        var file = take("detect");
        node.awaitState("detect", "RUNNING", LATER);
        FFmpegProgram.run("-i", node.rtsp("/detect"), "-frames:v", "1", "-f", "null", "-");
        var events = node.data().resolve("events/detect.jsonl");
        Await.until(
                "all three shapes were found in a picture",
                LATER,
                () -> Files.exists(events)
                        && lines(events).stream().anyMatch(line -> Stream.of("circle", "square", "triangle")
                                .allMatch(shape -> line.contains("\"label\":\"" + shape + '"'))));
        node.remove(file);
    }

    /** On ports below those that systems give to whoever asks for any. */
    @Test
    void rtpIsPlayedByItsFileOfSdp() throws IOException {
        int port = 20_000 + 4 * ThreadLocalRandom.current().nextInt(2500);
        node.deploy("rtp", text("rtp").replace("127.0.0.1:5004", "127.0.0.1:" + port));
        node.awaitState("rtp", "RUNNING", SOON);
        var sdp = node.data().resolve("sdp/lobby.sdp");
        Await.until("the file of SDP", SOON, () -> Files.exists(sdp));
        for (var track : List.of("0:v", "0:a")) {
            var player = List.of("-protocol_whitelist", "file,udp,rtp", "-i", sdp.toString(), "-map", track);
            var output = List.of("-frames:0", "1", "-f", "framecrc", "-");
            var arguments = Stream.of(player, output).flatMap(List::stream).toArray(String[]::new);
            assertEquals(1, FrameHashes.lines(FFmpegProgram.run(arguments)).size(), track);
        }
    }

    @Test
    void camerasAreMadeOfOneTemplate() throws IOException {
        for (var file : list(node.home().resolve("examples/cameras"))) {
            Files.copy(file, node.etc().resolve(file.getFileName()));
        }
        node.awaitState("lobby", "RUNNING", SOON);
        node.awaitState("gate", "RUNNING", SOON);
        FFmpegProgram.run("-i", node.rtsp("/lobby"), "-frames:v", "1", "-f", "null", "-");
        FFmpegProgram.run("-i", node.rtsp("/entrance/gate"), "-frames:v", "1", "-f", "null", "-");
        var events = node.data().resolve("events");
        Await.until("the lobby's events", SOON, () -> Files.exists(events.resolve("lobby.jsonl")));
        assertTrue(Files.notExists(events.resolve("gate.jsonl")));
    }

    private static PipelineFile take(String example) throws IOException {
        return node.deploy(example, text(example));
    }

    private static String text(String example) throws IOException {
        return Files.readString(node.home().resolve("examples/io.levada.pipeline-" + example + ".cfg"));
    }

    private static List<Path> list(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Complete ones: the last may be being written. */
    private static List<String> lines(Path file) {
        try {
            var text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
