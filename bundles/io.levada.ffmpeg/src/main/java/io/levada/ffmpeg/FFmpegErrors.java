/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.levada.api.stage.StageException;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;

/** libav's error codes in words that a user can act on. Errors at opening a file or a URL are in {@link OpeningErrors}. */
public final class FFmpegErrors {

    /** {@code AVERROR(EAGAIN)}: not an error, but "feed me first" or "empty me first". Its number depends on the system. */
    public static final int AGAIN = avutil.AVERROR_EAGAIN();

    private FFmpegErrors() {}

    /** What libav says about a code: {@code Invalid data found when processing input}. */
    public static String text(int error) {
        try (var buffer = new BytePointer(AV_ERROR_MAX_STRING_SIZE)) {
            av_strerror(error, buffer, AV_ERROR_MAX_STRING_SIZE);
            return buffer.limit(BytePointer.strlen(buffer)).getString();
        }
    }

    /**
     * Lets a result that is no error through.
     *
     * @param doing what was tried, in the words of a message: {@code open the decoder h264}
     * @throws StageException of kind FAILED with libav's text
     */
    public static int check(int result, String doing) throws StageException {
        if (result < 0) {
            throw StageException.failed(message(result, doing));
        }
        return result;
    }

    /** {@code can't open the decoder h264: Invalid argument}, credentials masked. */
    public static String message(int error, String doing) {
        return "can't " + Urls.masked(doing) + ": " + text(error);
    }

    /** What FFmpeg said, where it did, and libav's text. */
    static String reason(int error, String said) {
        return said.isEmpty() ? text(error) : Urls.masked(said) + " (FFmpeg: " + text(error) + ")";
    }

    /** The same with what FFmpeg said in its log, where it did: {@code can't ...: REASON (FFmpeg: Invalid argument)}. */
    public static String message(int error, String doing, String said) {
        return "can't " + Urls.masked(doing) + ": " + reason(error, said);
    }
}
