/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.LeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FFmpegLogTest {

    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveBack() {
        System.setErr(standardError);
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("FFmpegLog"))
                .toList();
    }

    private static void runOnThread(Runnable task) throws InterruptedException {
        var thread = new Thread(task);
        thread.start();
        thread.join();
    }

    @Test
    void aMessageNamesTheStageWhoseContextItIsAboutWhateverThreadSaysIt() throws InterruptedException {
        var codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
        try (var log = FFmpegLog.of("lobby/decode")) {
            log.covers(codec);
            runOnThread(() -> av_log(codec, AV_LOG_ERROR, "no frame!\n"));
            assertTrue(
                    lines().get(0).endsWith("ERROR io.levada.ffmpeg.FFmpegLog - lobby/decode: no frame! [h264]"),
                    lines()::toString);
            assertEquals("no frame!", log.said());
            assertEquals("", log.said(), "told once");
        }
        avcodec_free_context(codec);
    }

    @Test
    void aMessageWithoutAContextNamesTheStageThatTheThreadWorksFor() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            String before = LeakDetector.enter("lobby/cam");
            av_log((Pointer) null, AV_LOG_WARNING, "late\n");
            LeakDetector.exit(before);
            assertTrue(lines().get(0).endsWith("WARN io.levada.ffmpeg.FFmpegLog - lobby/cam: late"), lines()::toString);
            assertEquals("", log.said(), "a warning is no error");
        }
        av_log((Pointer) null, AV_LOG_WARNING, "later\n");
        assertTrue(lines().get(1).endsWith("FFmpeg: later"), lines()::toString);
    }

    @Test
    void aThreadOfTheStagesOwnSaysForWhomItWorks() throws InterruptedException {
        try (var log = FFmpegLog.of("lobby/live")) {
            runOnThread(() -> {
                log.enter();
                av_log((Pointer) null, AV_LOG_ERROR, "gone\n");
                log.exit();
                av_log((Pointer) null, AV_LOG_ERROR, "not mine\n");
            });
            assertEquals("gone", log.said());
        }
    }

    @Test
    void linesThatComeInPiecesAreJoined() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            av_log((Pointer) null, AV_LOG_ERROR, "one ");
            av_log((Pointer) null, AV_LOG_ERROR, "two\n");
            log.exit();
            assertEquals("one two", log.said());
            assertEquals(1, lines().size());
        }
    }

    @Test
    void credentialsAreMasked() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            av_log((Pointer) null, AV_LOG_ERROR, "can't reach rtsp://admin:secret@10.0.0.7/\n");
            log.exit();
            assertTrue(log.said().contains("rtsp://***@10.0.0.7/"));
            assertFalse(lines().get(0).contains("secret"));
        }
    }

    @Test
    void aFloodIsBoundedAndTheErrorsKeptAreFew() {
        try (var log = FFmpegLog.of("lobby/flood")) {
            log.enter();
            for (int i = 0; i < 1000; i++) {
                av_log((Pointer) null, AV_LOG_ERROR, "error " + i + "\n");
            }
            log.exit();
            assertEquals(20, lines().size());
            assertEquals("error 0; error 1; error 2", log.said());
        }
    }

    @Test
    void errorsOfWhatIsTriedAreLeftToWhoReportsItsFailure() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            log.trying();
            av_log((Pointer) null, AV_LOG_ERROR, "Connection refused\n");
            av_log((Pointer) null, AV_LOG_WARNING, "slow\n");
            log.tried(false);
            assertEquals("Connection refused", log.said());
            assertEquals(1, lines().size(), "the warning, which no exception tells");
            av_log((Pointer) null, AV_LOG_ERROR, "later\n");
            log.exit();
            assertTrue(lines().get(1).endsWith("ERROR io.levada.ffmpeg.FFmpegLog - lobby/cam: later"));
        }
    }

    @Test
    void errorsOfWhatWentWellInTheEndAreWritten() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            log.trying();
            av_log((Pointer) null, AV_LOG_ERROR, "one stream is broken\n");
            log.tried(true);
            log.exit();
            assertTrue(
                    lines().get(0).endsWith("ERROR io.levada.ffmpeg.FFmpegLog - lobby/cam: one stream is broken"),
                    lines()::toString);
            assertEquals("one stream is broken", log.said(), "and may explain what comes of it");
        }
    }

    @Test
    void whatIsTriedAgainAndAgainDoesNotFloodTheLog() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            for (int i = 0; i < 1000; i++) {
                log.trying();
                av_log((Pointer) null, AV_LOG_ERROR, "damaged\n");
                log.tried(true);
            }
            log.exit();
            assertEquals(20, lines().size());
        }
    }

    @Test
    void whatNobodyWouldSeeIsNotCalledBackFor() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            av_log((Pointer) null, AV_LOG_INFO, "chatter\n");
            av_log((Pointer) null, AV_LOG_DEBUG, "more chatter\n");
            log.exit();
            assertEquals(List.of(), lines());
            assertEquals(AV_LOG_WARNING, av_log_get_level());
        }
    }

    @Test
    void afterTheBundlesStopNothingNativeCallsIntoIt() {
        try (var log = FFmpegLog.of("lobby/cam")) {
            FFmpegLibrary.unload();
            log.enter();
            av_log((Pointer) null, AV_LOG_WARNING, "(a line on standard error, as the test expects)\n");
            log.exit();
            assertEquals(List.of(), lines());
            FFmpegLibrary.load();
            log.enter();
            av_log((Pointer) null, AV_LOG_WARNING, "here again\n");
            log.exit();
            assertEquals(1, lines().size());
        }
    }

    @Test
    void theBundleCanStopAndStartManyTimes() {
        for (int i = 0; i < 50; i++) { // JavaCPP has room for ten callbacks of a kind
            FFmpegLibrary.load();
            FFmpegLibrary.unload();
        }
        try (var log = FFmpegLog.of("lobby/cam")) {
            log.enter();
            av_log((Pointer) null, AV_LOG_ERROR, "heard\n");
            log.exit();
            assertEquals("heard", log.said());
        }
    }
}
