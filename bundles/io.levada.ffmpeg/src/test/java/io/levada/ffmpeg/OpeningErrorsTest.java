/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.net.httpserver.HttpServer;
import io.levada.api.media.LeakDetector;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageException.Kind;
import io.levada.ffmpeg.test.FFmpegProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What libav makes of inputs that can't be read, in words. */
class OpeningErrorsTest {

    @TempDir
    Path directory;

    /** Opens it as a source would. */
    private static StageException open(String url) {
        String before = LeakDetector.enter("test/source");
        try (var log = FFmpegLog.of("test/source");
                var interrupts = Interrupts.when(() -> false);
                var options = Options.of(Map.of())) {
            var context = avformat_alloc_context();
            interrupts.into(context.interrupt_callback());
            interrupts.deadline(Duration.ofSeconds(2).toNanos());
            int error = avformat_open_input(context, url, (AVInputFormat) null, options.dictionary());
            assertTrue(error < 0, () -> url + " can be opened");
            avformat_close_input(new AVFormatContext(null));
            return OpeningErrors.reading(error, url, log.said(), "url");
        } finally {
            LeakDetector.exit(before);
        }
    }

    private static void assertProblem(StageException error, Kind kind, String message) {
        assertEquals(kind, error.kind(), error.getMessage());
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertEquals("url", error.parameter().orElseThrow());
        assertTrue(error.remedy().isPresent(), error.getMessage());
    }

    @Test
    void aMissingFileMayComeLater() {
        var file = directory.resolve("none.mp4");
        assertProblem(open(file.toString()), Kind.RETRY, file + " does not exist");
    }

    @Test
    void aTruncatedMp4IsCalledSo() throws IOException {
        var whole = directory.resolve("whole.mp4");
        FFmpegProgram.run("-f", "lavfi", "-i", "testsrc2=duration=2", "-c:v", "libx264", whole.toString());
        var bytes = Files.readAllBytes(whole);
        var file = Files.write(directory.resolve("broken.mp4"), Arrays.copyOf(bytes, bytes.length / 2));
        assertProblem(
                open(file.toString()),
                Kind.FAILED,
                file + " is truncated: moov atom not found (FFmpeg: Invalid data found when processing input)");
    }

    @ParameterizedTest
    @CsvSource({"notes.mp4", "notes.mkv", "notes.ts", "notes"})
    void aTextFileIsNoMediaFile(String name) throws IOException {
        var file = Files.writeString(directory.resolve(name), "Not a video, but a list of things to do.\n".repeat(50));
        assertProblem(open(file.toString()), Kind.FAILED, file + " is a text file, not media");
    }

    @Test
    void noiseIsNoMediaFile() throws IOException {
        var noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        var file = Files.write(directory.resolve("noise.mp4"), noise);
        assertProblem(open(file.toString()), Kind.FAILED, file + " is no media file that FFmpeg can read");
    }

    @Test
    void aDirectoryIsCalledSo() {
        assertProblem(open(directory.toString()), Kind.FAILED, directory + " is a directory");
    }

    @Test
    void anEmptyFileIsCalledSo() throws IOException {
        var file = Files.createFile(directory.resolve("empty.mp4"));
        assertProblem(open(file.toString()), Kind.FAILED, file + " is empty");
    }

    @Test
    void anUnreadableFileNamesTheUserWhoCantReadIt() throws IOException {
        var file = Files.writeString(directory.resolve("locked.mp4"), "x");
        assertTrue(file.toFile().setReadable(false));
        assumeFalse(Files.isReadable(file), "this user reads everything");
        assertProblem(open(file.toString()), Kind.RETRY, file + " can't be read");
    }

    @ParameterizedTest
    @CsvSource({"404, RETRY", "401, FAILED", "403, FAILED", "500, RETRY", "418, FAILED"})
    void anHttpStatusIsTold(int status, Kind kind) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            var error = open("http://me:secret@127.0.0.1:" + server.getAddress().getPort() + "/clip.mp4?token=abc");
            assertEquals(kind, error.kind(), error.getMessage());
            assertTrue(error.getMessage().contains("/clip.mp4"), error.getMessage());
            assertFalse(error.getMessage().contains("secret"), error.getMessage());
            assertFalse(error.getMessage().contains("abc"), error.getMessage());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aPortWhereNobodyListensIsRefused() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertProblem(open("rtsp://u:p@127.0.0.1:" + port + "/x"), Kind.RETRY, "rtsp://***@127.0.0.1:" + port + "/x: ");
        assertTrue(open("tcp://127.0.0.1:" + port).getMessage().contains("refused"));
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsGivenUp() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            var error = open("http://127.0.0.1:" + silent.getLocalPort() + "/live.ts");
            assertProblem(error, Kind.RETRY, "did not answer in time");
            assertTrue(System.nanoTime() - start < 4_000_000_000L);
        }
    }

    @Test
    void anUnknownProtocolIsAMistake() {
        assertProblem(open("rstp://127.0.0.1/x"), Kind.INVALID, "rstp://127.0.0.1/x: FFmpeg knows no such protocol");
    }

    @Test
    void aNameThatDoesNotResolveIsTold() {
        var error = open("http://no-such-host.invalid/x.mp4");
        assertEquals(Kind.RETRY, error.kind());
        assertTrue(error.getMessage().contains("no-such-host.invalid"), error.getMessage());
    }
}
