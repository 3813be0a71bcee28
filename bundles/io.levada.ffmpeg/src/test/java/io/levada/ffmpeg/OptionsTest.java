/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_dict;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_dict2;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private final AVCodecContext context = avcodec_alloc_context3(avcodec_find_encoder_by_name("libx264"));

    @AfterEach
    void free() {
        avcodec_free_context(context);
    }

    @Test
    void whatLibavDidNotTakeIsLeft() {
        try (var options = Options.of(Map.of("preset", "fast", "g", "50", "nonsense", "1"))) {
            av_opt_set_dict2(context, options.dictionary(), 1);
            assertEquals(Map.of("nonsense", "1"), options.left());
            assertEquals(50, context.gop_size());
        }
    }

    @Test
    void anUnknownOptionIsNamedWithTheNearestOneOfTheCodec() {
        try (var options = Options.of(Map.of("persets", "fast"))) {
            av_opt_set_dict(context, options.dictionary());
            var error = assertThrows(StageException.class, () -> options.requireAllTaken("ffmpeg.", context));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertEquals("ffmpeg.persets", error.parameter().orElseThrow());
            assertTrue(error.getMessage().contains("did you mean preset?"), error.getMessage());
            assertEquals("write ffmpeg.preset or leave it out", error.remedy().orElseThrow());
        }
    }

    @Test
    void nothingLeftIsFine() {
        try (var options = Options.of(Map.of())) {
            assertDoesNotThrow(() -> options.requireAllTaken("ffmpeg.", context));
        }
    }
}
