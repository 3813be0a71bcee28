/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Codecs as the web names them in a media type (RFC 6381; ISO/IEC 14496-15 annex E for AVC and HEVC; the VP9 and AV1
 * bindings to ISO BMFF).
 */
final class CodecStrings {

    private static final int NAL_SPS_AVC = 7;
    private static final int NAL_SPS_HEVC = 33;

    /** Most luma samples a second and in a picture of VP9's levels, in tens (VP9 level definitions, annex A). */
    private static final long[][] VP9_LEVELS = {
        {10, 829_440L, 36_864L},
        {11, 2_764_800L, 73_728L},
        {20, 4_608_000L, 122_880L},
        {21, 9_216_000L, 245_760L},
        {30, 20_736_000L, 552_960L},
        {31, 36_864_000L, 983_040L},
        {40, 83_558_400L, 2_228_224L},
        {41, 160_432_128L, 2_228_224L},
        {50, 311_951_360L, 8_912_896L},
        {51, 588_251_136L, 8_912_896L},
        {52, 1_176_502_272L, 8_912_896L},
        {60, 1_176_502_272L, 35_651_584L},
        {61, 2_353_004_544L, 35_651_584L}
    };

    private CodecStrings() {}

    /** {@code video/mp4; codecs="avc1.64001f, mp4a.40.2"} for the tracks of a container. */
    static String mime(String container, List<PacketFormat> tracks) {
        boolean video = tracks.stream().anyMatch(track -> track.kind() == MediaKind.VIDEO);
        String type =
                switch (container) {
                    case "mp4" -> video ? "video/mp4" : "audio/mp4";
                    case "webm" -> video ? "video/webm" : "audio/webm";
                    case "matroska" -> video ? "video/matroska" : "audio/matroska";
                    default -> "video/mp2t";
                };
        List<String> codecs = tracks.stream().map(CodecStrings::codec).toList();
        return type + "; codecs=\"" + String.join(", ", codecs) + "\"";
    }

    /** One track's codec; its plain name where there is no registered one. */
    static String codec(PacketFormat format) {
        return switch (format.codec()) {
            case "h264" -> avc(format);
            case "hevc" -> hevc(format);
            case "vp9" -> vp9(format);
            case "av1" -> av1(format);
            case "aac" -> aac(format);
            case "mp3" -> "mp4a.6B";
            case "ac3" -> "ac-3";
            case "eac3" -> "ec-3";
            default -> format.codec(); // vp8, opus, flac, vorbis are called what FFmpeg calls them
        };
    }

    private static byte[] bytes(PacketFormat format) {
        ByteBuffer extradata = format.extradata();
        var bytes = new byte[extradata.remaining()];
        extradata.get(bytes);
        return bytes;
    }

    /** Profile, constraints and level as they stand in avcC and, the same three bytes, in the SPS. */
    private static String avc(PacketFormat format) {
        var extradata = bytes(format);
        if (extradata.length > 3 && extradata[0] == 1) {
            return "avc1." + HexFormat.of().formatHex(extradata, 1, 4);
        }
        for (var unit : units(extradata)) {
            if (unit.length > 3 && (unit[0] & 0x1F) == NAL_SPS_AVC) {
                return "avc1." + HexFormat.of().formatHex(unit, 1, 4);
            }
        }
        return "avc1";
    }

    /** The twelve bytes of general profile, tier and level, from hvcC or the SPS. */
    private static String hevc(PacketFormat format) {
        var extradata = bytes(format);
        if (extradata.length > 13 && extradata[0] == 1) {
            return hevc(Arrays.copyOfRange(extradata, 1, 13));
        }
        for (var unit : units(extradata)) {
            if (unit.length > 15 && (unit[0] >> 1 & 0x3F) == NAL_SPS_HEVC) {
                var payload = withoutEmulationPrevention(unit);
                return hevc(Arrays.copyOfRange(payload, 3, 15));
            }
        }
        return "hvc1";
    }

    private static String hevc(byte[] general) {
        int space = general[0] >> 6 & 3;
        boolean high = (general[0] >> 5 & 1) == 1;
        int compatibility = ByteBuffer.wrap(general, 1, 4).getInt();
        var text = new StringBuilder("hvc1.")
                .append(space == 0 ? "" : String.valueOf((char) ('A' + space - 1)))
                .append(general[0] & 0x1F)
                .append('.')
                .append(Integer.toHexString(Integer.reverse(compatibility)).toUpperCase(Locale.ROOT))
                .append(high ? ".H" : ".L")
                .append(general[11] & 0xFF);
        int last = 10;
        while (last > 4 && general[last] == 0) {
            last--;
        }
        for (int i = 5; i <= last; i++) {
            text.append('.').append(Integer.toHexString(general[i] & 0xFF).toUpperCase(Locale.ROOT));
        }
        return text.toString();
    }

    /** NAL units between Annex B's start codes. */
    private static List<byte[]> units(byte[] stream) {
        List<byte[]> units = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i + 2 < stream.length; i++) {
            if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
                if (begin >= 0) {
                    units.add(Arrays.copyOfRange(stream, begin, i));
                }
                begin = i + 3;
                i += 2;
            }
        }
        if (begin >= 0) {
            units.add(Arrays.copyOfRange(stream, begin, stream.length));
        }
        return units;
    }

    private static byte[] withoutEmulationPrevention(byte[] unit) {
        var payload = new byte[unit.length];
        int length = 0;
        int zeros = 0;
        for (byte each : unit) {
            if (zeros >= 2 && each == 3) {
                zeros = 0;
                continue;
            }
            zeros = each == 0 ? zeros + 1 : 0;
            payload[length++] = each;
        }
        return Arrays.copyOf(payload, length);
    }

    private static String vp9(PacketFormat format) {
        int profile = number(format.details(), "profile", 0);
        int level = number(format.details(), "level", 0);
        return "vp09.%02d.%02d.%02d"
                .formatted(Math.max(0, profile), level > 0 ? level : vp9Level(format), depth(format));
    }

    private static long vp9Level(PacketFormat format) {
        long picture = (long) format.width() * format.height();
        double rate = picture * (format.frameRate().known() ? format.frameRate().value() : 30);
        for (var level : VP9_LEVELS) {
            if (rate <= level[1] && picture <= level[2]) {
                return level[0];
            }
        }
        return 62;
    }

    /** From av1C (or, where there is only a sequence header, what FFmpeg read in it). */
    private static String av1(PacketFormat format) {
        var extradata = bytes(format);
        if (extradata.length >= 4 && (extradata[0] & 0xFF) == 0x81) {
            int depth = (extradata[2] & 0x40) == 0 ? 8 : (extradata[2] & 0x20) == 0 ? 10 : 12;
            return "av01.%d.%02d%s.%02d"
                    .formatted(
                            extradata[1] >> 5 & 7, extradata[1] & 0x1F, (extradata[2] & 0x80) == 0 ? "M" : "H", depth);
        }
        int profile = Math.max(0, number(format.details(), "profile", 0));
        int level = number(format.details(), "level", 8);
        return "av01.%d.%02dM.%02d".formatted(profile, level < 0 ? 8 : level, depth(format));
    }

    private static int depth(PacketFormat format) {
        String pixels = format.details().getOrDefault("pix_fmt", "");
        return pixels.contains("10") ? 10 : pixels.contains("12") ? 12 : 8;
    }

    /** The audio object type of the AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
    private static String aac(PacketFormat format) {
        var config = bytes(format);
        if (config.length < 2) {
            return "mp4a.40.2";
        }
        int type = config[0] >> 3 & 0x1F;
        if (type == 31) {
            type = 32 + ((config[0] & 7) << 3 | config[1] >> 5 & 7);
        }
        return "mp4a.40." + type;
    }

    private static int number(Map<String, String> details, String key, int otherwise) {
        try {
            return Integer.parseInt(details.getOrDefault(key, ""));
        } catch (NumberFormatException absent) {
            return otherwise;
        }
    }
}
