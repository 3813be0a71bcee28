/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageException.Kind;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.testkit.StageHarness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which a file or a peer can be bad ends in one clear error, in time. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenInputTest {

    @TempDir
    static Path clips;

    @BeforeAll
    static void makeClips() throws IOException {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=4",
                "-c:v",
                "libx264",
                "-g",
                "25",
                "-c:a",
                "aac",
                "good.mp4");
        FFmpegProgram.run(clips, "-i", "good.mp4", "-c", "copy", "-movflags", "faststart", "fast.mp4");
        cut("good.mp4", "no-moov.mp4", 0.7);
        cut("fast.mp4", "half.mp4", 0.5);
        byte[] fast = Files.readAllBytes(clips.resolve("fast.mp4"));
        int index = ByteBuffer.wrap(fast).getInt(0);
        int samples = index + ByteBuffer.wrap(fast).getInt(index);
        Files.write(clips.resolve("index-only.mp4"), Arrays.copyOf(fast, samples + 8));
        FFmpegProgram.run(clips, "-i", "good.mp4", "-c", "copy", "whole.mkv");
        cut("whole.mkv", "half.mkv", 0.5);
        makeOddClips();
        Files.writeString(clips.resolve("text.mp4"), "This is a letter and no film.\n".repeat(100));
        Files.writeString(clips.resolve("page.mkv"), "<html><body>404</body></html>\n");
        Files.createFile(clips.resolve("empty.mp4"));
        Files.createDirectory(clips.resolve("folder.mp4"));
        FFmpegProgram.run(clips, "-f", "lavfi", "-i", "color=size=64x64:duration=0.04", "-frames:v", "1", "cover.png");
        Files.write(clips.resolve("noise.bin"), noise());
    }

    private static void makeOddClips() throws IOException {
        FFmpegProgram.run(clips, "-i", "good.mp4", "-c", "copy", "-output_ts_offset", "10", "late.mp4");
        Files.writeString(
                clips.resolve("chapters.txt"),
                ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=one\n"
                        + "[CHAPTER]\nTIMEBASE=1/1\nSTART=2\nEND=60\ntitle=two\n");
        FFmpegProgram.run(
                clips, "-i", "good.mp4", "-i", "chapters.txt", "-map_metadata", "1", "-c", "copy", "chapters.mp4");
        FFmpegProgram.run(clips, "-i", "good.mp4", "-c", "copy", "whole.ts");
        cut("whole.ts", "cut.ts", 0.7); // its header promises nothing
        FFmpegProgram.run(
                clips,
                "-i",
                "good.mp4",
                "-t",
                "1",
                "-i",
                "good.mp4",
                "-map",
                "0:v",
                "-map",
                "1:a",
                "-c",
                "copy",
                "short-sound.mkv");
        var piped = new ProcessBuilder(
                        FFmpegProgram.path().toString(), "-v", "error", "-i", "good.mp4", "-f", "wav", "pipe:1")
                .directory(clips.toFile())
                .redirectOutput(clips.resolve("piped.wav").toFile())
                .start();
        assertDoesNotThrow(() -> assertEquals(0, piped.waitFor()));
    }

    private static byte[] noise() {
        var bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static void cut(String from, String to, double part) throws IOException {
        byte[] all = Files.readAllBytes(clips.resolve(from));
        Files.write(clips.resolve(to), Arrays.copyOf(all, (int) (all.length * part)));
    }

    private static StageHarness source(String url, String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("url", url));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new MediaSource())
                .parameters(all)
                .home(clips)
                .named("lobby", "cam")
                .open();
    }

    private static StageException problem(String url, String... parameters) {
        return assertThrows(StageException.class, () -> {
            try (var stage = source(url, parameters)) {
                toTheEnd(stage);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing.mp4 | RETRY | missing.mp4 does not exist",
                "no-such-folder/missing.mp4 | RETRY | missing.mp4 does not exist",
                "folder.mp4 | FAILED | folder.mp4 is a directory",
                "empty.mp4 | FAILED | empty.mp4 is empty",
                "no-moov.mp4 | FAILED | no-moov.mp4 is truncated: moov atom not found",
                "index-only.mp4 | FAILED | index-only.mp4 is truncated: it ends before its first sample",
                "text.mp4 | FAILED | text.mp4 is a text file",
                "page.mkv | FAILED | page.mkv",
                "noise.bin | FAILED | noise.bin",
                "/dev/zero | FAILED | /dev/zero is not a regular file"
            })
    void aBadFileIsToldWithKindAndRemedy(String file, Kind kind, String message) {
        var problem = problem(file);
        assertEquals(kind, problem.kind(), problem.getMessage());
        assertTrue(problem.getMessage().contains(message), problem.getMessage());
        assertEquals("url", problem.parameter().orElseThrow());
        assertFalse(problem.remedy().orElseThrow().isBlank());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rtspp://host/live | unknown protocol 'rtspp'; did you mean rtsp?",
                "http:///clip.mp4 | malformed URL: it names no host",
                "http://host:80x/clip.mp4 | malformed URL: '80x' is no port",
                "http://host:99999/clip.mp4 | malformed URL: '99999' is no port",
                "http://ho st/clip.mp4 | malformed URL",
                "'' | no url given"
            })
    void aMalformedUrlIsInvalidFromTheBeginning(String url, String message) {
        var problem = assertThrows(StageException.class, () -> source(url));
        assertEquals(Kind.INVALID, problem.kind());
        assertTrue(problem.getMessage().startsWith(message), problem.getMessage());
        assertEquals("url", problem.parameter().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rtsp://u:p@/s:s@host/x",
                "rtsp://user:pa/s@host/x",
                "rtsp://user:pa?s@host/x",
                "rtsp://user:pa#s@host/x",
                "rtsp://user:p s@host/x"
            })
    void aPasswordWithSpecialSignsIsNotShownAndItIsSaidHowToWriteIt(String url) {
        var problem = assertThrows(StageException.class, () -> source(url));
        assertEquals(Kind.INVALID, problem.kind());
        assertFalse(problem.getMessage().contains("pa'"), problem.getMessage());
        assertFalse(problem.getMessage().contains("s@"), problem.getMessage());
        assertTrue(
                problem.remedy().orElseThrow().contains("@ is %40"),
                problem.remedy().get());
    }

    @Test
    void aListOfFilesIsNoPeer() {
        var noise = problem("concat:" + clips.resolve("noise.bin") + "|" + clips.resolve("text.mp4"));
        assertEquals(Kind.FAILED, noise.kind(), noise.getMessage());
        assertFalse(
                noise.remedy().orElseThrow().contains("peer"), noise.remedy().get());
        var missing = problem("concat:" + clips.resolve("missing.ts"));
        assertEquals(Kind.RETRY, missing.kind(), missing.getMessage());
        assertTrue(
                missing.remedy().orElseThrow().contains("put the files there"),
                missing.remedy().get());
    }

    @Test
    void aUrlWithoutItsColonIsRecognised() {
        var problem = problem("rtsp//camera/live");
        assertEquals(Kind.RETRY, problem.kind());
        assertTrue(
                problem.remedy().orElseThrow().contains("rtsp://"),
                problem.remedy().get());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start | later | start",
                "start | 10 s | start",
                "connect-timeout | 0 | connect-timeout",
                "format | mpegtt | format",
                "ffmpeg.probesiz | 1000 | ffmpeg.probesiz"
            })
    void aBadParameterIsNamed(String key, String value, String blamed) {
        var problem = problem("good.mp4", key, value);
        assertEquals(Kind.INVALID, problem.kind());
        assertEquals(blamed, problem.parameter().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"half.mp4", "half.mkv"})
    void aFileCutInTheMiddlePlaysWhatIsThereAndFails(String file) {
        try (var stage = source(file)) {
            var log = new Log();
            var problem = assertThrows(StageException.class, () -> toTheEnd(stage));
            log.close();
            int packets = stage.track("video").packets().size();
            assertTrue(packets > 30 && packets < 70, packets + " of 100");
            assertEquals(Kind.FAILED, problem.kind());
            assertTrue(problem.getMessage().contains(file + " is truncated: it ends after "), problem.getMessage());
            assertTrue(problem.getMessage().contains("its header says 4"), problem.getMessage());
            assertEquals("url", problem.parameter().orElseThrow());
            assertFalse(problem.remedy().orElseThrow().isBlank());
            assertFalse(log.text().matches("(?s).*(ERROR|WARN).*"), log.text());
            for (var packet : stage.track("video").packets()) {
                assertFalse(packet.corrupt(), "what the cut left of a packet is of no use to a decoder");
            }
        }
    }

    @Test
    void aFileCutInTheMiddleIsLoopedWithAWarning() {
        try (var stage = source("half.mp4", "loop", "true")) {
            stage.produce("video", 150);
            assertTrue(
                    stage.warnings().stream().anyMatch(w -> w.contains("half.mp4 is truncated")),
                    stage.warnings().toString());
        }
    }

    /** Containers that say more, or other things, than what is played lasts. */
    @ParameterizedTest
    @ValueSource(strings = {"good.mp4", "late.mp4", "chapters.mp4", "piped.wav", "cut.ts", "short-sound.mkv"})
    void aWholeFileIsNotCalledTruncated(String file) {
        try (var stage = source(file)) {
            toTheEnd(stage);
            assertEquals(List.of(), stage.warnings());
        }
    }

    private static void toTheEnd(StageHarness stage) {
        while (stage.produce()) {
            // each call brings a packet
        }
    }

    /** What is logged. */
    private static final class Log implements AutoCloseable {

        private final PrintStream standardError = System.err;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Log() {
            System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            System.setErr(standardError);
        }
    }

    @Test
    void aPageThatIsNotFoundIsTriedAgain() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().contains("secret") ? 401 : 404, -1);
            exchange.close();
        });
        server.start();
        try {
            String host = "127.0.0.1:" + server.getAddress().getPort();
            var missing = problem("http://" + host + "/clip.mp4");
            assertEquals(Kind.RETRY, missing.kind());
            assertTrue(missing.getMessage().contains("404"), missing.getMessage());
            var refused = problem("http://joe:hunter2@" + host + "/secret.mp4");
            assertEquals(Kind.FAILED, refused.kind(), "a wrong password is not tried again and again");
            assertTrue(refused.getMessage().contains("401"), refused.getMessage());
            assertFalse(refused.getMessage().contains("hunter2"), refused.getMessage());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        for (var url : new String[] {"rtsp://127.0.0.1:" + port + "/live", "http://127.0.0.1:" + port + "/clip.mp4"}) {
            var problem = problem(url);
            assertEquals(Kind.RETRY, problem.kind());
            assertTrue(problem.getMessage().toLowerCase(Locale.ROOT).contains("refused"), problem.getMessage());
        }
    }

    @Test
    void whatTheExceptionTellsIsNotAnErrorInTheLogToo() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var log = new Log();
        try (log) {
            problem("http://127.0.0.1:" + port + "/clip.mp4");
            problem("text.mp4");
            problem("no-moov.mp4");
        }
        assertFalse(log.text().contains("ERROR"), log.text());
    }

    @Test
    void aPeerThatBreaksOffIsNotAnErrorInTheLogToo() throws Exception {
        byte[] content = Files.readAllBytes(clips.resolve("whole.mkv"));
        var header =
                "HTTP/1.1 200 OK\r\nContent-Type: video/x-matroska\r\nContent-Length: " + content.length + "\r\n\r\n";
        var log = new Log();
        try (log;
                var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var served = CompletableFuture.runAsync(() -> {
                try (var peer = socket.accept()) {
                    peer.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
                    peer.getOutputStream().write(content, 0, content.length / 2);
                    peer.getOutputStream().flush();
                    peer.shutdownOutput();
                    peer.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var problem = assertThrows(StageException.class, () -> {
                try (var stage = source("http://127.0.0.1:" + socket.getLocalPort() + "/a.mkv")) {
                    toTheEnd(stage);
                }
            });
            served.get(5, TimeUnit.SECONDS);
            assertEquals(Kind.RETRY, problem.kind());
            assertTrue(problem.getMessage().contains("Stream ends prematurely"), problem.getMessage());
        }
        assertFalse(log.text().matches("(?s).*(ERROR|WARN).*"), log.text());
    }

    @Test
    void aHostThatNobodyKnowsIsTriedAgain() {
        var problem = problem("rtsp://no-such-host.invalid/live");
        assertEquals(Kind.RETRY, problem.kind());
        assertTrue(problem.getMessage().contains("no-such-host.invalid"), problem.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"rtsp", "http", "tcp", "rtmp"})
    void aServerThatNeverAnswersIsGivenUpInTime(String scheme) throws IOException {
        try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            var problem = problem(
                    scheme + "://joe:hunter2@127.0.0.1:" + socket.getLocalPort() + "/live",
                    "connect-timeout",
                    "700 ms");
            long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
            assertEquals(Kind.RETRY, problem.kind());
            assertTrue(problem.getMessage().contains("did not answer within 0.7 s"), problem.getMessage());
            assertFalse(problem.getMessage().contains("hunter2"), problem.getMessage());
            assertTrue(took < 2000, took + " ms");
        }
    }

    @ParameterizedTest
    @CsvSource({"rtsp", "http", "udp"})
    void aStopIsHeardWhileWaitingForAPeer(String scheme) throws Exception {
        try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var stage =
                        source(scheme + "://127.0.0.1:" + socket.getLocalPort() + "/live", "connect-timeout", "20 s")) {
            var produced = CompletableFuture.supplyAsync(() -> {
                try {
                    stage.produce();
                    return "returned";
                } catch (Throwable e) {
                    return e.toString();
                }
            });
            assertFalse(produced.isDone());
            if (!scheme.equals("udp")) {
                socket.accept();
            }
            long start = System.nanoTime();
            stage.interrupt();
            produced.get(2, TimeUnit.SECONDS);
            assertTrue(System.nanoTime() - start < 2_000_000_000L);
        }
    }

    @Test
    void aServerThatFallsSilentIsGivenUpInTime() throws Exception {
        FFmpegProgram.run(clips, "-i", "good.mp4", "-c", "copy", "good.ts");
        byte[] stream = Files.readAllBytes(clips.resolve("good.ts"));
        try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var served = CompletableFuture.runAsync(() -> {
                try {
                    var peer = socket.accept();
                    peer.getOutputStream().write(stream, 0, stream.length / 2);
                    peer.getOutputStream().flush();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var problem = assertThrows(StageException.class, () -> {
                try (var stage = source(
                        "tcp://127.0.0.1:" + socket.getLocalPort(),
                        "read-timeout",
                        "500 ms",
                        "ffmpeg.analyzeduration",
                        "100000",
                        "ffmpeg.probesize",
                        "20000",
                        "format",
                        "mpegts")) {
                    while (stage.produce()) {
                        // until it throws
                    }
                }
            });
            served.get(5, TimeUnit.SECONDS);
            assertEquals(Kind.RETRY, problem.kind());
            assertTrue(problem.getMessage().contains("for 0.5 s"), problem.getMessage());
        }
    }
}
