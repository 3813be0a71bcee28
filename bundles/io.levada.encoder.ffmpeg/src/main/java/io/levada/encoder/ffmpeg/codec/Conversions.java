/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** What form of frames an encoder takes, and which of them loses least of what comes in. */
final class Conversions {

    /** Options that the ffmpeg program understands and libavcodec does not: here they choose what frames are converted to. */
    static final Set<String> OWN_OPTIONS = Set.of("pix_fmt", "sample_fmt");

    private Conversions() {}

    /** The pixel format to encode: the one that the user names, the given one if the encoder takes it, or the nearest. */
    static int pixelFormat(AVCodecContext context, AVCodec codec, int given, Map<String, String> extras)
            throws StageException {
        var wanted = extras.get("pix_fmt");
        var taken = supported(context, codec, AV_CODEC_CONFIG_PIX_FORMAT);
        if (wanted != null) {
            int number = av_get_pix_fmt(wanted);
            if (number == AV_PIX_FMT_NONE || !takes(taken, number)) {
                throw StageException.invalid(codec.name().getString()
                                + (number == AV_PIX_FMT_NONE ? ": there is no pixel format " : " does not take ")
                                + wanted)
                        .parameter("ffmpeg.pix_fmt");
            }
            return number;
        }
        if (takes(taken, given)) {
            return given;
        }
        var ended = Arrays.copyOf(taken, taken.length + 1);
        ended[taken.length] = AV_PIX_FMT_NONE;
        boolean alpha = (av_pix_fmt_desc_get(given).flags() & AV_PIX_FMT_FLAG_ALPHA) != 0;
        return avcodec_find_best_pix_fmt_of_list(ended, given, alpha ? 1 : 0, new int[1]);
    }

    /** The given range (full, limited) if the encoder takes it, or the one it takes. */
    static int colorRange(AVCodecContext context, AVCodec codec, int given) {
        var taken = supported(context, codec, AV_CODEC_CONFIG_COLOR_RANGE);
        return takes(taken, given) ? given : taken[0];
    }

    /** The sample format to encode; the same way. */
    static int sampleFormat(AVCodecContext context, AVCodec codec, int given, Map<String, String> extras)
            throws StageException {
        var wanted = extras.get("sample_fmt");
        var taken = supported(context, codec, AV_CODEC_CONFIG_SAMPLE_FORMAT);
        if (wanted != null) {
            int number = av_get_sample_fmt(wanted);
            if (number == AV_SAMPLE_FMT_NONE || !takes(taken, number)) {
                throw StageException.invalid(codec.name().getString() + " does not take " + wanted)
                        .parameter("ffmpeg.sample_fmt");
            }
            return number;
        }
        if (takes(taken, given)) {
            return given;
        }
        for (int format : taken) { // the same samples in another order lose nothing
            if (av_get_packed_sample_fmt(format) == av_get_packed_sample_fmt(given)) {
                return format;
            }
        }
        return taken[0];
    }

    /** The given sample rate, or the lowest one above it, or the highest. */
    static int sampleRate(AVCodecContext context, AVCodec codec, int given) {
        var taken = supported(context, codec, AV_CODEC_CONFIG_SAMPLE_RATE);
        if (takes(taken, given)) {
            return given;
        }
        int best = 0;
        for (int rate : taken) {
            boolean better = rate >= given ? best < given || rate < best : best < given && rate > best;
            best = best == 0 || better ? rate : best;
        }
        return best;
    }

    /** Copies the given layout, or the encoder's nearest: as many channels, or fewer, or its first. */
    static void layout(AVCodecContext context, AVCodec codec, AVChannelLayout given, AVChannelLayout into) {
        try (var list = new PointerPointer<AVChannelLayout>(1);
                var count = new IntPointer(1)) {
            avcodec_get_supported_config(context, codec, AV_CODEC_CONFIG_CHANNEL_LAYOUT, 0, list, count);
            var layouts = list.get(AVChannelLayout.class, 0);
            av_channel_layout_copy(
                    into,
                    layouts == null || layouts.isNull() || count.get() == 0
                            ? given
                            : nearest(layouts, count.get(), given));
        }
    }

    private static AVChannelLayout nearest(AVChannelLayout layouts, int count, AVChannelLayout given) {
        var best = layouts.getPointer(0);
        for (int i = 0; i < count; i++) {
            var layout = layouts.getPointer(i);
            if (av_channel_layout_compare(layout, given) == 0) {
                return layout;
            }
            int channels = layout.nb_channels();
            boolean fits = channels <= given.nb_channels();
            if (fits && (channels > best.nb_channels() || best.nb_channels() > given.nb_channels())) {
                best = layout;
            }
        }
        return best;
    }

    private static boolean takes(int[] list, int value) {
        if (list.length == 0) {
            return true; // any
        }
        for (int each : list) {
            if (each == value) {
                return true;
            }
        }
        return false;
    }

    /** Empty for no restriction. */
    private static int[] supported(AVCodecContext context, AVCodec codec, int what) {
        try (var list = new PointerPointer<IntPointer>(1);
                var count = new IntPointer(1)) {
            if (avcodec_get_supported_config(context, codec, what, 0, list, count) < 0) {
                return new int[0];
            }
            var values = list.get(IntPointer.class, 0);
            var result = new int[values == null || values.isNull() ? 0 : count.get()];
            for (int i = 0; i < result.length; i++) {
                result[i] = values.get(i);
            }
            return result;
        }
    }
}
