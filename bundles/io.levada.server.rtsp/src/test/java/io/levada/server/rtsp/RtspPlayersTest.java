/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real players, beyond the loop of the clip: FFmpeg's own of the product, those of the machine where it has them. */
@Execution(ExecutionMode.CONCURRENT)
class RtspPlayersTest {

    private static final int SECONDS = 6;

    private static TestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        server.serve(Programs.h264Aac(), "path", "/demo");
        codec("h265", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "libopus");
        codec("silent", "-c:v", "libx264", "-preset", "ultrafast", "-an");
        codec("sound", "-vn", "-c:a", "aac");
        var ts = Programs.clip("adts.ts", with("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac"));
        server.serve(ts, "path", "/ts");
    }

    private static String[] with(String... options) {
        var source = new String[] {
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x240:rate=25:duration=4",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=48000:duration=4",
            "-g",
            "25",
            "-pix_fmt",
            "yuv420p",
            "-shortest"
        };
        var all = java.util.Arrays.copyOf(source, source.length + options.length);
        System.arraycopy(options, 0, all, source.length, options.length);
        return all;
    }

    private static void codec(String name, String... options) throws Exception {
        server.serve(Programs.clip(name + ".mkv", with(options)), "path", "/" + name);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Reads with ffmpeg and looks at every packet's time. */
    private static void read(String program, String path, String transport, int... least) throws Exception {
        var result = Programs.run(
                SECONDS + 25,
                List.of(
                        program,
                        "-v",
                        "warning",
                        "-rtsp_transport",
                        transport,
                        "-i",
                        server.url(path),
                        "-t",
                        "" + SECONDS,
                        "-c",
                        "copy",
                        "-f",
                        "framemd5",
                        "-"));
        assertEquals(0, result.exit(), result.output());
        var last = new HashMap<Integer, Long>();
        var count = new HashMap<Integer, Integer>();
        for (var line : result.output().lines().toList()) {
            if (line.matches("\\d+, .*")) {
                var fields = line.split(",\\s*");
                int stream = Integer.parseInt(fields[0]);
                long dts = Long.parseLong(fields[1]);
                assertTrue(last.getOrDefault(stream, Long.MIN_VALUE) < dts, line + " after " + last);
                last.put(stream, dts);
                count.merge(stream, 1, Integer::sum);
            } else {
                assertTrue(!line.contains("missed") && !line.contains("rror"), result.output());
            }
        }
        for (int i = 0; i < least.length; i++) {
            assertTrue(count.getOrDefault(i, 0) >= least[i], count + " of " + path + "\n" + result.output());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void ffmpegOfTheProductReads(String transport) throws Exception {
        read(Programs.ffmpeg(), "/demo", transport, 25 * SECONDS - 18, 46 * SECONDS - 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void ffmpegOfTheMachineReads(String transport) throws Exception {
        assumeTrue(new File("/usr/bin/ffmpeg").canExecute(), "no ffmpeg here");
        read("/usr/bin/ffmpeg", "/demo", transport, 25 * SECONDS - 18, 46 * SECONDS - 30);
    }

    @ParameterizedTest
    @CsvSource({"/h265, hevc, opus", "/silent, h264, -", "/sound, -, aac", "/ts, h264, aac"})
    void codecsAreDescribedAndDecodedWithoutAnError(String path, String video, String audio) throws Exception {
        var probe = Programs.run(
                20,
                List.of(
                        Programs.ffprobe(),
                        "-v",
                        "error",
                        "-rtsp_transport",
                        "tcp",
                        "-show_entries",
                        "stream=codec_name",
                        "-of",
                        "csv=p=0",
                        server.url(path)));
        var expected =
                List.of(video, audio).stream().filter(name -> !name.equals("-")).toList();
        assertEquals(
                expected,
                probe.output()
                        .lines()
                        .map(line -> line.replace(",", ""))
                        .filter(line -> !line.isEmpty())
                        .toList());
        for (var transport : List.of("tcp", "udp")) {
            var decoded = Programs.run(
                    20,
                    List.of(
                            Programs.ffmpeg(),
                            "-v",
                            "error",
                            "-xerror",
                            "-rtsp_transport",
                            transport,
                            "-i",
                            server.url(path),
                            "-t",
                            "3",
                            "-f",
                            "null",
                            "-"));
            assertEquals(0, decoded.exit(), decoded.output());
            assertEquals("", decoded.output().strip());
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, h264, avdec_h264", "udp, h264, avdec_h264", "tcp, h265, avdec_h265"})
    void gstreamerReads(String transport, String codec, String decoder) throws Exception {
        var url = server.url(codec.equals("h264") ? "/demo" : "/h265");
        GStreamer.read(
                40,
                "rtspsrc location=" + url + " protocols=" + transport + " ! rtp" + codec + "depay ! " + codec
                        + "parse ! " + decoder + " ! fakesink num-buffers=100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void accessUnitsAreThoseOfTheFileBitForBit(String transport) throws Exception {
        var expected = hashes(
                List.of("-stream_loop", "2", "-i", Programs.h264Aac().toString()),
                "-bsf:v",
                "h264_mp4toannexb,filter_units=remove_types=7-8");
        var served = hashes(
                List.of("-rtsp_transport", transport, "-i", server.url("/demo"), "-t", "5"),
                "-bsf:v",
                "filter_units=remove_types=7-8");
        // Where the reader came in is open; from there on it has to be the file's sequence.
        for (int track = 0; track < 2; track++) {
            var want = expected.get(track);
            var have = served.get(track).subList(1, served.get(track).size() - 3);
            assertTrue(have.size() > 80, track + ": " + have.size());
            assertTrue(java.util.Collections.indexOfSubList(want, have) >= 0, "track " + track);
        }
    }

    private static Map<Integer, List<String>> hashes(List<String> input, String... output) throws Exception {
        var command = new java.util.ArrayList<>(List.of(Programs.ffmpeg(), "-v", "error"));
        command.addAll(input);
        command.addAll(List.of("-map", "0", "-c", "copy"));
        command.addAll(List.of(output));
        var file = Files.createTempFile(Path.of("target"), "hashes", ".txt");
        command.addAll(List.of("-y", "-f", "framemd5", file.toString()));
        var result = Programs.run(30, command);
        assertEquals(0, result.exit(), result.output());
        var hashes = new HashMap<Integer, List<String>>();
        for (var line : Files.readAllLines(file)) {
            if (line.matches("\\d+, .*")) {
                var fields = line.split(",\\s*");
                hashes.computeIfAbsent(Integer.parseInt(fields[0]), stream -> new java.util.ArrayList<>())
                        .add(fields[5]);
            }
        }
        Files.delete(file);
        return hashes;
    }
}
