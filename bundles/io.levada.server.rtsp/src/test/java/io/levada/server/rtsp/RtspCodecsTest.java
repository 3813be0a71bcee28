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
    private static final String PICTURES =
            "-f lavfi -i testsrc2=size=176x144:rate=25:duration=2 -g 5 -pix_fmt yuv420p ";
    private static final String SOUND = "-f lavfi -i sine=frequency=440:beep_factor=3:sample_rate=48000:duration=2 ";

    /**
     * @param encoding options of ffmpeg that make it
     * @param filter that takes away what is sent in another place (parameter sets, delimiters)
     * @param debian whether FFmpeg 5.1 has a depacketiser for it
     */
    private record Codec(String name, String encoding, String filter, boolean debian) {

        @Override
        public String toString() {
            return name;
        }

        static Codec of(String name, String encoding) {
            return new Codec(name, encoding, "null", true);
        }
    }

    private static final List<Codec> CODECS = List.of(
            new Codec(
                    "h264",
                    PICTURES + "-c:v libx264 -preset ultrafast -bf 2 -bsf:v h264_mp4toannexb",
                    "filter_units=remove_types=7-9",
                    true),
            new Codec(
                    "hevc",
                    PICTURES + "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=5",
                    "filter_units=remove_types=32-35",
                    true),
            new Codec("av1", PICTURES + "-c:v libsvtav1 -preset 12", "av1_metadata=td=remove", false),
            Codec.of("vp8", PICTURES + "-c:v libvpx -deadline realtime"),
            Codec.of("vp9", PICTURES + "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"),
            Codec.of("mpeg1video", PICTURES + "-c:v mpeg1video"),
            Codec.of("mpeg2video", PICTURES + "-c:v mpeg2video"),
            Codec.of("mpeg4", PICTURES + "-c:v mpeg4"),
            Codec.of("h261", PICTURES + "-c:v h261"),
            Codec.of("h263", PICTURES + "-c:v h263"),
            Codec.of("h263p", PICTURES + "-c:v h263p"),
            Codec.of("aac", SOUND + "-c:a aac"),
            Codec.of("opus", SOUND + "-c:a libopus"),
            Codec.of("vorbis", SOUND + "-c:a vorbis -strict -2 -ac 2"),
            Codec.of("mp2", SOUND + "-c:a mp2"),
            Codec.of("mp3", SOUND + "-c:a libmp3lame"),
            Codec.of("pcm_alaw", SOUND + "-c:a pcm_alaw -ar 8000"),
            Codec.of("pcm_mulaw", SOUND + "-c:a pcm_mulaw -ar 8000"),
            Codec.of("pcm_s16be", SOUND + "-c:a pcm_s16be -ac 2"),
            Codec.of("pcm_s24be", SOUND + "-c:a pcm_s24be -ac 2"),
            Codec.of("adpcm_g722", SOUND + "-c:a g722 -ar 16000"),
            Codec.of("adpcm_g726", SOUND + "-c:a g726 -ar 8000 -b:a 32k"),
            Codec.of("amr_nb", SOUND + "-c:a libopencore_amrnb -ar 8000 -ac 1"),
            Codec.of("amr_wb", SOUND + "-c:a libvo_amrwbenc -ar 16000 -ac 1"),
            Codec.of("speex", SOUND + "-c:a libspeex -ar 16000 -ac 1"));

    private static TestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        for (var codec : CODECS) {
            server.serve(clip(codec.name, codec.encoding), "path", "/" + codec.name);
        }
        server.serve(clip("mjpeg", PICTURES + "-c:v mjpeg -huffman default -strict -1"), "path", "/mjpeg");
    }

    private static Path clip(String name, String encoding) throws Exception {
        return Programs.clip("codec-" + name + container(name), encoding.split(" "));
    }

    /** NUT holds nearly all of them. */
    private static String container(String name) {
        return switch (name) {
            case "amr_nb", "amr_wb" -> ".3gp";
            case "speex" -> ".ogg";
            case "adpcm_g726" -> ".wav";
            default -> ".nut";
        };
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<Codec> codecs() {
        return CODECS;
    }

    static List<Codec> codecsOfDebian() {
        return CODECS.stream().filter(Codec::debian).toList();
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
        var output = Files.createTempFile(Path.of("target"), codec.name, ".data");
        return write(program, input, output, "-c", "copy", "-copyinkf", "-bsf:0", codec.filter, "-f", "data");
    }

    private static void assertTheFilesBytes(String program, Codec codec) throws Exception {
        var file = clip(codec.name, codec.encoding).toString();
        var sent = payload(Programs.ffmpeg(), List.of("-i", file), codec);
        var received = payload(program, reading(codec.name), codec);
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
        var file = Path.of("target", "clips", "codec-mjpeg.nut").toString();
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
        assumeTrue(new File("/usr/bin/gst-launch-1.0").canExecute(), "no GStreamer here");
        var pipeline = "rtspsrc location=" + server.url("/" + name) + " protocols=tcp ! " + decoder
                + " ! fakesink num-buffers=25";
        var command = new ArrayList<>(List.of("/usr/bin/gst-launch-1.0", "-q"));
        command.addAll(List.of(pipeline.split(" ")));
        var result = Programs.run(60, command);
        assertEquals(0, result.exit(), result.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flac", "ac3", "ffv1", "pcm_s16le", "pcm_f32le"})
    void whatRtpCantCarryIsInvalidWithItsNameAndTheRemedy(String name) throws Exception {
        var file = clip(name, (name.equals("ffv1") ? PICTURES + "-c:v " : SOUND + "-c:a ") + name);
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
