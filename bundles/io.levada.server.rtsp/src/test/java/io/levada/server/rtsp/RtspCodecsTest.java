/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.api.stage.StageException;
import io.levada.testkit.StageHarness;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each codec that FFmpeg has a packetiser and an encoder for, served and read back by clients that share no code with the
 * server: what arrives is what was in the file, byte for byte.
 */
@Execution(ExecutionMode.CONCURRENT)
class RtspCodecsTest {

    private static final String DEBIAN = "/usr/bin/ffmpeg";
    private static TestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        for (var codec : Codec.ALL) {
            server.serve(codec.clip(), "path", "/" + codec.name());
        }
        server.serve(Codec.MJPEG.clip(), "path", "/mjpeg");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<Codec> codecs() {
        return Codec.ALL;
    }

    static List<Codec> codecsOfDebian() {
        return Codec.ALL.stream().filter(Codec::debian).toList();
    }

    /** Over TCP, as loss is not what this is about. */
    private static List<String> reading(String name) {
        return List.of("-rtsp_transport", "tcp", "-i", server.url("/" + name), "-t", "0.8");
    }

    private static String write(String program, List<String> input, Path output, String... options) throws Exception {
        var command = new ArrayList<>(List.of(program, "-v", "error", "-y"));
        command.addAll(input);
        command.addAll(List.of("-map", "0:0"));
        command.addAll(List.of(options));
        command.add(output.toString());
        var result = Programs.run(60, command);
        assertEquals(0, result.exit(), result.output());
        var bytes = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        return bytes;
    }

    /**
     * What all packets hold, one after the other: PCM and the like may be cut at other places. What comes before a keyframe
     * is wanted too: FFmpeg's depacketiser of VP9 never says that a packet is one.
     */
    private static String payload(String program, List<String> input, Codec codec) throws Exception {
        var output = Files.createTempFile(Path.of("target"), codec.name(), ".data");
        return write(program, input, output, "-c", "copy", "-copyinkf", "-bsf:0", codec.filter(), "-f", "data");
    }

    private static void assertTheFilesBytes(String program, Codec codec) throws Exception {
        var file = codec.clip().toString();
        var sent = payload(Programs.ffmpeg(), List.of("-i", file), codec);
        var received = payload(program, reading(codec.name()), codec);
        assertTrue(received.length() > sent.length() / 8, received.length() + " bytes of " + sent.length());
        assertTrue((sent + sent + sent).contains(received), "other bytes than those of the file");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void ffmpegReceivesTheBytesOfTheFile(Codec codec) throws Exception {
        assertTheFilesBytes(Programs.ffmpeg(), codec);
    }

    @ParameterizedTest
    @MethodSource("codecsOfDebian")
    void theMachinesOlderFfmpegReceivesTheBytesOfTheFile(Codec codec) throws Exception {
        assumeTrue(new File(DEBIAN).canExecute(), "no ffmpeg here");
        assertTheFilesBytes(DEBIAN, codec);
    }

    /** RFC 2435 leaves the headers to the receiver: the pictures are the same. */
    @Test
    void mjpegIsTheSamePictures() throws Exception {
        var file = Codec.MJPEG.clip().toString();
        var sent = pictures(List.of("-i", file));
        var received = pictures(reading("mjpeg"));
        var again = new ArrayList<>(sent);
        again.addAll(sent);
        assertTrue(received.size() > 10, received.size() + " pictures");
        assertTrue(Collections.indexOfSubList(again, received) >= 0, "others than those of the file");
    }

    private static List<String> pictures(List<String> input) throws Exception {
        var output = Files.createTempFile(Path.of("target"), "mjpeg", ".md5");
        return write(Programs.ffmpeg(), input, output, "-f", "framemd5")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "vp8, rtpvp8depay ! vp8dec",
        "vp9, rtpvp9depay ! vp9dec",
        "mjpeg, rtpjpegdepay ! jpegdec",
        "mpeg4, rtpmp4vdepay ! avdec_mpeg4",
        "aac, rtpmp4gdepay ! aacparse ! avdec_aac",
        "opus, rtpopusdepay ! opusdec",
        "mp3, rtpmpadepay ! mpegaudioparse ! avdec_mp3",
        "pcm_mulaw, rtppcmudepay ! mulawdec",
        "pcm_alaw, rtppcmadepay ! alawdec",
        "pcm_s16be, rtpL16depay ! audioconvert"
    })
    void gstreamerDecodes(String name, String decoder) throws Exception {
        GStreamer.read(
                60,
                "rtspsrc location=" + server.url("/" + name) + " protocols=tcp ! " + decoder
                        + " ! fakesink num-buffers=25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flac", "ac3", "ffv1", "pcm_s16le", "pcm_f32le"})
    void whatRtpCantCarryIsInvalidWithItsNameAndTheRemedy(String name) throws Exception {
        var file = (name.equals("ffv1") ? Codec.pictures(name) : Codec.sound(name)).clip();
        try (var clip = new Clip(file);
                var stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/no-" + name))) {
            var format = clip.formats().get(0);
            var error = assertThrows(StageException.class, () -> stage.feed(0, format));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertTrue(error.getMessage().contains(name), error.getMessage());
            assertTrue(error.remedy().orElse("").contains("encoder"), error.toString());
        }
    }
}
