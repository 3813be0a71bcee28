/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;

/** The media model's formats, times and names in libav's terms and back. Packets' formats are in {@link CodecParameters}. */
public final class Formats {

    private static final int LAYOUT_TEXT = 256;

    private Formats() {}

    public static TimeBase timeBase(AVRational rational) {
        return new TimeBase(rational.num(), rational.den());
    }

    public static AVRational rational(TimeBase timeBase) {
        return av_make_q(timeBase.num(), timeBase.den());
    }

    public static AVRational rational(Rational rational) {
        return av_make_q(rational.num(), rational.den());
    }

    /** Unknown for 0/0, 0/1 and the like. */
    public static Rational rational(AVRational rational) {
        int num = rational.num();
        int den = rational.den();
        return num > 0 && den > 0 ? new Rational(num, den) : Rational.UNKNOWN;
    }

    public static SampleFormat sampleFormat(int number) {
        return SampleFormat.valueOf(text(av_get_sample_fmt_name(number)).toUpperCase(Locale.ROOT));
    }

    public static int sampleFormat(SampleFormat format) {
        return av_get_sample_fmt(format.name().toLowerCase(Locale.ROOT));
    }

    /** FFmpeg's name of a channel layout ({@code stereo}, {@code 5.1}); empty if only the count is known. */
    public static String describe(AVChannelLayout layout) {
        if (layout.order() == AV_CHANNEL_ORDER_UNSPEC) {
            return "";
        }
        try (var buffer = new BytePointer(LAYOUT_TEXT)) {
            return av_channel_layout_describe(layout, buffer, LAYOUT_TEXT) > 0
                    ? buffer.limit(BytePointer.strlen(buffer)).getString()
                    : "";
        }
    }

    /** Sets a layout by its name or, where that is empty, the usual one for the count. */
    public static void layout(String name, int channels, AVChannelLayout into) {
        av_channel_layout_uninit(into);
        if (name.isEmpty() || av_channel_layout_from_string(into, name) < 0) {
            av_channel_layout_default(into, channels);
        }
    }

    /** The name of the layout that so many channels usually have: {@code stereo} for 2. */
    public static String usualLayout(int channels) {
        try (var layout = new AVChannelLayout()) {
            av_channel_layout_default(layout, channels);
            return describe(layout);
        }
    }

    /** Writes what a picture's format says into a blank frame: size, pixel format, colours, aspect, time base. */
    public static void describe(VideoFormat format, AVFrame into) {
        into.width(format.width()).height(format.height());
        into.format(av_get_pix_fmt(format.pixelFormat().name()));
        into.color_range(Math.max(0, av_color_range_from_name(format.colorRange())));
        into.colorspace(colour(av_color_space_from_name(format.colorSpace()), AVCOL_SPC_UNSPECIFIED));
        into.color_primaries(colour(av_color_primaries_from_name(format.colorPrimaries()), AVCOL_PRI_UNSPECIFIED));
        into.color_trc(colour(av_color_transfer_from_name(format.colorTransfer()), AVCOL_TRC_UNSPECIFIED));
        into.sample_aspect_ratio(rational(format.sampleAspectRatio()));
        into.time_base(rational(format.timeBase()));
    }

    private static int colour(int number, int unspecified) {
        return number < 0 ? unspecified : number;
    }

    /** Writes what a sound's format says into a blank frame: rate, sample format, layout, time base. */
    public static void describe(AudioFormat format, AVFrame into) {
        into.sample_rate(format.sampleRate()).format(sampleFormat(format.sampleFormat()));
        layout(format.channelLayout(), format.channels(), into.ch_layout());
        into.time_base(rational(format.timeBase()));
    }

    /** A name that libav gave, {@code unknown} where it gave none. */
    static String text(BytePointer name) {
        return name == null || name.isNull() ? "unknown" : name.getString();
    }
}
