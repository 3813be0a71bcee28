/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import io.levada.api.media.Rational;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The parameters, read.
 *
 * @param codec format or encoder; empty for the usual one
 * @param bitrate bits a second; 0 for none given
 * @param gopFrames frames from keyframe to keyframe, or 0 where a time is given
 * @param gopNanos the time from keyframe to keyframe, or 0 where frames are given
 * @param preset empty for what suits
 * @param profile empty for the codec's choice
 * @param bframes -1 for what suits
 */
public record Settings(
        String codec,
        long bitrate,
        Rc rc,
        int gopFrames,
        long gopNanos,
        String preset,
        boolean lowLatency,
        String profile,
        int bframes,
        int threads,
        Map<String, String> extras) {

    /** Rate control. */
    public enum Rc {
        VBR,
        CBR,
        CRF
    }

    /** What a stream of unknown rate is taken for where a codec must know. */
    static final Rational USUAL_RATE = new Rational(25, 1);

    private static final int LONGEST_GOP = 100_000;

    /**
     * Reads the parameters that encoders share.
     *
     * @param latency {@code low}, or {@code normal}
     * @param extras the codec's own options
     * @throws StageException of kind INVALID that names the parameter
     */
    public static Settings of(
            String codec,
            String bitrate,
            String rc,
            String gop,
            String preset,
            String latency,
            String profile,
            int bframes,
            int threads,
            Map<String, String> extras)
            throws StageException {
        long bits = bitrate.isBlank() ? 0 : parsed("bitrate", bitrate, Quantity::bitrate);
        var length = gop.strip();
        boolean frames = length.chars().allMatch(Character::isDigit) && !length.isEmpty();
        long gopNanos = frames ? 0 : parsed("gop", length, Quantity::nanos);
        return new Settings(
                codec.strip(),
                bits,
                rc(rc, bits),
                frames ? (int) Math.min(LONGEST_GOP, parsed("gop", length, Long::parseLong)) : 0,
                gopNanos,
                preset.strip(),
                latency.equals("low"),
                profile.strip(),
                bframes,
                threads,
                Map.copyOf(extras));
    }

    /** The codec's usual ones. */
    public static Settings usual(String codec) throws StageException {
        return of(codec, "", "auto", "2 s", "", "low", "", -1, 1, Map.of());
    }

    private static Rc rc(String word, long bitrate) throws StageException {
        return switch (word) {
            case "vbr" -> Rc.VBR;
            case "cbr" -> {
                if (bitrate == 0) {
                    throw StageException.invalid("a constant bit rate needs the bit rate")
                            .parameter("bitrate")
                            .remedy("add bitrate, such as 2M");
                }
                yield Rc.CBR;
            }
            case "crf" -> Rc.CRF;
            default -> bitrate > 0 ? Rc.VBR : Rc.CRF;
        };
    }

    private static long parsed(String parameter, String text, ToLongFunction<String> parser) throws StageException {
        try {
            return parser.applyAsLong(text);
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage()).parameter(parameter);
        }
    }

    /** Frames from keyframe to keyframe at that rate, at least 1. */
    int gop(Rational rate) {
        double fps = rate.known() ? rate.value() : USUAL_RATE.value();
        long count = gopFrames > 0 ? gopFrames : Math.round(gopNanos * fps / 1e9);
        return (int) Math.max(1, Math.min(LONGEST_GOP, count));
    }

    Settings withBitrate(long other) {
        return new Settings(
                codec, other, rc, gopFrames, gopNanos, preset, lowLatency, profile, bframes, threads, extras);
    }
}
