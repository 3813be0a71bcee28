/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_UNKNOWN;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PROFILE_UNKNOWN;
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.javacpp.BytePointer;

/** The fields of AVCodecParameters that PacketFormat has no field for, as its details. What is at its default is left out. */
final class CodecDetails {

    /** AV_LEVEL_UNKNOWN, which the headers keep in defs.h. */
    private static final int LEVEL_UNKNOWN = -99;

    private static final int FOURCC = 4;

    /** A number by FFmpeg's name for it. */
    private record Field(
            String name, int unset, ToIntFunction<AVCodecParameters> read, ObjIntConsumer<AVCodecParameters> write) {}

    private static final List<Field> NUMBERS = List.of(
            new Field("profile", AV_PROFILE_UNKNOWN, AVCodecParameters::profile, AVCodecParameters::profile),
            new Field("level", LEVEL_UNKNOWN, AVCodecParameters::level, AVCodecParameters::level),
            new Field("field_order", AV_FIELD_UNKNOWN, AVCodecParameters::field_order, AVCodecParameters::field_order),
            new Field("chroma_location", 0, AVCodecParameters::chroma_location, AVCodecParameters::chroma_location),
            new Field("video_delay", 0, AVCodecParameters::video_delay, AVCodecParameters::video_delay),
            new Field(
                    "bits_per_coded_sample",
                    0,
                    AVCodecParameters::bits_per_coded_sample,
                    AVCodecParameters::bits_per_coded_sample),
            new Field(
                    "bits_per_raw_sample",
                    0,
                    AVCodecParameters::bits_per_raw_sample,
                    AVCodecParameters::bits_per_raw_sample),
            new Field("block_align", 0, AVCodecParameters::block_align, AVCodecParameters::block_align),
            new Field("frame_size", 0, AVCodecParameters::frame_size, AVCodecParameters::frame_size),
            new Field("initial_padding", 0, AVCodecParameters::initial_padding, AVCodecParameters::initial_padding),
            new Field("trailing_padding", 0, AVCodecParameters::trailing_padding, AVCodecParameters::trailing_padding),
            new Field("seek_preroll", 0, AVCodecParameters::seek_preroll, AVCodecParameters::seek_preroll));

    private CodecDetails() {}

    static void read(AVCodecParameters parameters, Map<String, String> into) {
        for (var field : NUMBERS) {
            int value = field.read.applyAsInt(parameters);
            if (value != field.unset) {
                into.put(field.name, Integer.toString(value));
            }
        }
        if (parameters.codec_tag() != 0) {
            into.put("codec_tag", tag(parameters.codec_tag()));
        }
        if (parameters.codec_type() == AVMEDIA_TYPE_VIDEO) {
            name(into, "pix_fmt", parameters.format() < 0 ? null : av_get_pix_fmt_name(parameters.format()));
            name(
                    into,
                    "color_range",
                    parameters.color_range() == 0 ? null : av_color_range_name(parameters.color_range()));
            name(
                    into,
                    "color_primaries",
                    set(parameters.color_primaries()) ? av_color_primaries_name(parameters.color_primaries()) : null);
            name(
                    into,
                    "color_trc",
                    set(parameters.color_trc()) ? av_color_transfer_name(parameters.color_trc()) : null);
            name(
                    into,
                    "color_space",
                    set(parameters.color_space()) ? av_color_space_name(parameters.color_space()) : null);
        } else if (parameters.codec_type() == AVMEDIA_TYPE_AUDIO && parameters.format() >= 0) {
            name(into, "sample_fmt", av_get_sample_fmt_name(parameters.format()));
        }
    }

    /** 2 is "unspecified" in all three of H.273's lists. */
    private static boolean set(int colour) {
        return colour != AVCOL_SPC_UNSPECIFIED;
    }

    private static void name(Map<String, String> into, String key, BytePointer name) {
        if (name != null && !name.isNull()) {
            into.put(key, name.getString());
        }
    }

    static void write(Map<String, String> details, AVCodecParameters into) {
        for (var field : NUMBERS) {
            field.write.accept(into, number(details, field.name, field.unset));
        }
        into.codec_tag(tag(details.getOrDefault("codec_tag", "0")));
        if (into.codec_type() == AVMEDIA_TYPE_VIDEO) {
            into.format(details.containsKey("pix_fmt") ? av_get_pix_fmt(details.get("pix_fmt")) : AV_PIX_FMT_NONE);
            into.color_range(Math.max(0, av_color_range_from_name(details.getOrDefault("color_range", "unknown"))));
            into.color_primaries(
                    colour(av_color_primaries_from_name(details.getOrDefault("color_primaries", "unknown"))));
            into.color_trc(colour(av_color_transfer_from_name(details.getOrDefault("color_trc", "unknown"))));
            into.color_space(colour(av_color_space_from_name(details.getOrDefault("color_space", "unknown"))));
        } else if (into.codec_type() == AVMEDIA_TYPE_AUDIO) {
            into.format(
                    details.containsKey("sample_fmt")
                            ? av_get_sample_fmt(details.get("sample_fmt"))
                            : AV_SAMPLE_FMT_NONE);
        }
    }

    private static int colour(int number) {
        return number < 0 ? AVCOL_SPC_UNSPECIFIED : number;
    }

    /** A detail that is a number; the default where it is absent or no number. */
    static int number(Map<String, String> details, String key, int otherwise) {
        try {
            return Integer.parseInt(details.getOrDefault(key, ""));
        } catch (NumberFormatException absent) {
            return otherwise;
        }
    }

    /** A four-character code as such where it can be read ({@code avc1}), else as a number. */
    private static String tag(int tag) {
        var bytes = new byte[] {(byte) tag, (byte) (tag >> 8), (byte) (tag >> 16), (byte) (tag >> 24)};
        for (byte each : bytes) {
            if (each < '!' || each > '~') {
                return Integer.toUnsignedString(tag);
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static int tag(String text) {
        if (text.length() == FOURCC && !text.chars().allMatch(Character::isDigit)) {
            return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
        }
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }
}
