/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avio_flush;
import static org.bytedeco.ffmpeg.global.avformat.avio_r8;
import static org.bytedeco.ffmpeg.global.avformat.avio_w8;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JavaIoTest {

    static Throwable[] thrown() {
        return new Throwable[] {new IllegalStateException("a bug"), new AssertionError("another")};
    }

    private static int fail(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    /** An error too: what crosses libav's frames ends the process. */
    @ParameterizedTest
    @MethodSource("thrown")
    void whatASinkThrowsComesOutBehindLibav(Throwable thrown) {
        FFmpegLibrary.load();
        try (var io = JavaIo.writing(100, bytes -> fail(thrown))) {
            avio_w8(io.context(), 1);
            avio_flush(io.context());
            assertSame(thrown, assertThrows(thrown.getClass(), io::rethrow));
            io.rethrow(); // said once
        }
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whatASourceThrowsComesOutBehindLibav(Throwable thrown) {
        FFmpegLibrary.load();
        try (var io = JavaIo.reading(100, into -> fail(thrown))) {
            avio_r8(io.context());
            assertSame(thrown, assertThrows(thrown.getClass(), io::rethrow));
        }
    }
}
