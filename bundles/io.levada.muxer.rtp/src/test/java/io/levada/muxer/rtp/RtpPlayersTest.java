/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.source.media.test.Clip;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that know nothing but the file of SDP: FFmpeg's of the product, those of the machine where it has them. */
@Execution(ExecutionMode.CONCURRENT)
class RtpPlayersTest {

    private static final String DEBIAN = "/usr/bin/ffmpeg";
    private static final String GSTREAMER = "/usr/bin/gst-launch-1.0";
    private static final int LONGEST_SECONDS = 40;

    /** Distinct bytes, so that a key that is cut or turned round is noticed. */
    private static final byte[] KEY = "0123456789abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    static Path home;

    @BeforeAll
    static void makeClips() {
        Material.h264Aac(home);
        Material.h265(home);
    }

    private static Map<String, String> to(int port, String... more) {
        var parameters = new HashMap<>(Map.of("url", "rtp://127.0.0.1:" + port, "sdp", port + ".sdp"));
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return parameters;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var log = Files.createTempFile(home, "program", ".log");
        var process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(String.join(" ", command) + " goes on:\n" + Files.readString(log));
        }
        var output = Files.readString(log);
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private static List<String> hashes(String text, int stream) {
        return text.lines()
                .filter(line -> line.startsWith(stream + ","))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    /** Packets of one stream as they were sent or received, without parameter sets, which also go in band. */
    private static String[] hashing(String program, List<String> input, String codec, String stream) {
        var command = new ArrayList<>(List.of(program, "-v", "error", "-nostdin"));
        command.addAll(input);
        command.addAll(List.of("-map", "0:" + stream, "-c", "copy"));
        if (codec.equals("h264")) {
            command.addAll(List.of("-bsf:v", "h264_mp4toannexb,filter_units=remove_types=7-8"));
        } else if (codec.equals("hevc")) {
            command.addAll(List.of("-bsf:v", "hevc_mp4toannexb,filter_units=remove_types=32-35"));
        }
        command.addAll(List.of("-f", "framemd5", "-"));
        return command.toArray(String[]::new);
    }

    private static List<String> playing(int port) {
        return List.of("-protocol_whitelist", "file,crypto,data,udp,rtp,srtp", "-i", port + ".sdp", "-t", "1.5");
    }

    private static List<String> sent(String file, String codec) throws Exception {
        if (codec.equals("aac")) {
            try (var clip = new Clip(home, file, 3, "video", "audio")) {
                var hashes = new ArrayList<String>();
                for (var entry : clip.entries()) {
                    if (entry.track() == 1) {
                        var md5 = MessageDigest.getInstance("MD5");
                        md5.update(entry.packet().data().duplicate());
                        hashes.add(HexFormat.of().formatHex(md5.digest()));
                    }
                }
                return hashes;
            }
        }
        var again = List.of("-stream_loop", "3", "-i", file);
        return hashes(run(hashing(FFmpegProgram.path().toString(), again, codec, "v")), 0);
    }

    private static void assertPacketsOfTheFile(String program, int port, String file, String codec) throws Exception {
        var stream = codec.equals("aac") ? "a" : "v";
        var received = hashes(run(hashing(program, playing(port), codec, stream)), 0);
        // where it came in is open, and the first unit may be incomplete
        var whole = received.subList(1, received.size());
        assertTrue(whole.size() > 25, whole.size() + " packets");
        assertTrue(Collections.indexOfSubList(sent(file, codec), whole) >= 0, "others than those of the file");
    }

    @ParameterizedTest
    @CsvSource({"product, h264", "product, aac", "machine, h264", "machine, aac"})
    void ffmpegReceivesThePacketsOfTheFileBitForBit(String whose, String codec) throws Exception {
        assumeTrue(whose.equals("product") || new File(DEBIAN).canExecute(), "no ffmpeg here");
        var program = whose.equals("product") ? FFmpegProgram.path().toString() : DEBIAN;
        int port = Receiver.freePort();
        try (var sender = new Sender(home, "av.mp4", to(port), "video", "audio")) {
            assertPacketsOfTheFile(program, port, "av.mp4", codec);
            assertEquals(0, sender.gauge("dropped"));
        }
    }

    @Test
    void h265Too() throws Exception {
        int port = Receiver.freePort();
        try (var sender = new Sender(home, "hevc.mp4", to(port), "video")) {
            assertPacketsOfTheFile(FFmpegProgram.path().toString(), port, "hevc.mp4", "hevc");
            assertEquals(0, sender.gauge("dropped"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "product, aes-cm-128-hmac-sha1-80",
        "product, aes-cm-128-hmac-sha1-32",
        "machine, aes-cm-128-hmac-sha1-80"
    })
    void ffmpegDecryptsSrtp_4568(String whose, String suite) throws Exception {
        assumeTrue(whose.equals("product") || new File(DEBIAN).canExecute(), "no ffmpeg here");
        var program = whose.equals("product") ? FFmpegProgram.path().toString() : DEBIAN;
        var key = Base64.getEncoder().encodeToString(KEY);
        int port = Receiver.freePort();
        var parameters = to(port, "srtp", suite, "srtp-key", key);
        try (var sender = new Sender(home, "av.mp4", parameters, "video", "audio")) {
            assertPacketsOfTheFile(program, port, "av.mp4", "h264");
            assertEquals(0, sender.gauge("dropped"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "av.mp4, video, rtph264depay ! h264parse ! avdec_h264",
        "av.mp4, audio, rtpmp4gdepay ! aacparse ! avdec_aac",
        "hevc.mp4, video, rtph265depay ! h265parse ! avdec_h265"
    })
    void gstreamerPlays(String file, String kind, String decoder) throws Exception {
        assumeTrue(new File(GSTREAMER).canExecute(), "no GStreamer here");
        var tracks = file.equals("av.mp4") ? new String[] {"video", "audio"} : new String[] {"video"};
        int port = Receiver.freePort();
        try (var sender = new Sender(home, file, to(port), tracks)) {
            var pipeline = "filesrc location=" + port + ".sdp ! sdpdemux name=in in. ! application/x-rtp,media=" + kind
                    + " ! " + decoder + " ! fakesink num-buffers=40";
            run((GSTREAMER + " -q " + pipeline).split(" "));
            assertEquals(0, sender.gauge("dropped"));
        }
    }

    /** Players that know nothing but the description have nowhere to send reports to; this one is told our port. */
    @Test
    void whatGstreamerReportsIsShown_3550_6_4_2() throws Exception {
        assumeTrue(new File(GSTREAMER).canExecute(), "no GStreamer here");
        int port = Receiver.freePort();
        int local = Receiver.freePort();
        var parameters = to(port, "local-port", "" + local);
        try (var sender = new Sender(home, "hevc.mp4", parameters, "video")) {
            var pipeline = "rtpbin name=b udpsrc port=" + port
                    + " caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=H265 ! b.recv_rtp_sink_0"
                    + " b. ! rtph265depay ! fakesink udpsrc port=" + (port + 1)
                    + " ! b.recv_rtcp_sink_0 b.send_rtcp_src_0"
                    + " ! udpsink host=127.0.0.1 sync=false async=false port=" + (local + 1);
            var program = new ProcessBuilder((GSTREAMER + " -q " + pipeline).split(" "))
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("reports.log").toFile())
                    .start();
            try {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (sender.gauge("reports") == 0 && System.nanoTime() < end) {
                    LockSupport.parkNanos(50_000_000);
                }
                assertTrue(sender.gauge("reports") > 0, () -> text(home.resolve("reports.log")));
                assertEquals(0, sender.gauge("lost"));
            } finally {
                program.destroyForcibly().waitFor();
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
