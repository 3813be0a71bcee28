/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;

import io.levada.api.media.VideoFormat;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;

/** What the parameters that all encoders share mean to each of libavcodec's video encoders. */
final class VideoOptions {

    /** The words of x264, from fast to small, and what encoders with numbers for it have instead. */
    private static final List<String> PRESETS =
            List.of("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow");

    private static final int[] SVT_AV1 = {12, 11, 10, 9, 8, 7, 6, 4, 2};
    private static final String[] NVENC = {"p1", "p1", "p2", "p2", "p3", "p4", "p5", "p6", "p7"};
    private static final int[] CPU_USED = {8, 8, 8, 7, 6, 5, 4, 2, 1};

    /** Encoders that have no measure of quality and need a bit rate: so many bits a pixel. */
    private static final Set<String> NEED_BITRATE = Set.of("libvpx", "libopenh264");

    /** Encoders whose bit rate is the cap where a quality is given too, and the quality that is usual. */
    private static final Map<String, String> CONSTRAINED_QUALITY =
            Map.of("libvpx", "10", "libvpx-vp9", "32", "libaom-av1", "32");

    private static final double BITS_PER_PIXEL = 0.1;

    /** A quantiser that hardly shows, for encoders that know nothing else. */
    private static final int FINE_QUANTISER = 3;

    private static final double VBR_PEAK = 1.5;

    private VideoOptions() {}

    /** Options by name, which the user's own override. */
    static Map<String, String> of(String encoder, Settings settings, VideoFormat format) throws StageException {
        var options = new HashMap<String, String>();
        if (!settings.profile().isEmpty()) {
            options.put("profile", settings.profile());
        }
        if (settings.bframes() >= 0) {
            options.put("bf", Integer.toString(settings.bframes()));
        } else if (settings.lowLatency()) {
            options.put("bf", "0");
        }
        boolean low = settings.lowLatency();
        switch (encoder) {
            case "libx264", "libx264rgb" -> x264(settings, format, options);
            case "libx265" -> x265(settings, options);
            case "libsvtav1" -> svtAv1(settings, options);
            case "libvpx", "libvpx-vp9" -> {
                options.put("deadline", low ? "realtime" : "good");
                options.put("cpu-used", number(settings.preset(), CPU_USED, low ? "8" : "2"));
                if (low) {
                    options.put("lag-in-frames", "0");
                    options.put("auto-alt-ref", "0");
                }
                if (encoder.equals("libvpx-vp9")) {
                    options.put("row-mt", "1");
                }
                options.remove("bf");
            }
            case "libaom-av1" -> {
                options.put("usage", low ? "realtime" : "good");
                options.put("cpu-used", number(settings.preset(), CPU_USED, low ? "8" : "4"));
                if (low) {
                    options.put("lag-in-frames", "0");
                }
                options.remove("bf");
            }
            case "h264_nvenc", "hevc_nvenc", "av1_nvenc" -> nvenc(settings, options);
            default -> {
                if (!settings.preset().isEmpty()) {
                    options.put("preset", settings.preset());
                }
            }
        }
        if (settings.rc() == Settings.Rc.CRF && CONSTRAINED_QUALITY.containsKey(encoder)) {
            options.put("crf", CONSTRAINED_QUALITY.get(encoder));
        }
        return options;
    }

    private static void x264(Settings settings, VideoFormat format, Map<String, String> options) throws StageException {
        word(settings, "veryfast", options);
        options.put("forced-idr", "1");
        if (settings.lowLatency()) {
            options.put("tune", "zerolatency");
            if (!format.frameRate().known()) {
                options.put("x264-params", "force-cfr=0"); // zerolatency would take the guessed rate for granted
            }
        }
    }

    /** x265 and SVT-AV1 write to the process's standard error, past libav's log; they are told to keep quiet there. */
    private static void x265(Settings settings, Map<String, String> options) throws StageException {
        word(settings, "superfast", options);
        options.put("forced-idr", "1");
        if (settings.lowLatency()) {
            options.put("tune", "zerolatency");
        }
        var threads = settings.threads() == 1
                ? ":pools=none:frame-threads=1:wpp=0"
                : settings.threads() > 1 ? ":pools=" + settings.threads() : "";
        join(options, "x265-params", "log-level=none" + threads, settings);
    }

    /** Without a bit rate it keeps a quality, of the scale of x264's crf. */
    private static void nvenc(Settings settings, Map<String, String> options) {
        int word = PRESETS.indexOf(settings.preset());
        options.put("preset", word < 0 ? settings.preset().isEmpty() ? "p4" : settings.preset() : NVENC[word]);
        options.put("forced-idr", "1");
        options.put("tune", settings.lowLatency() ? "ll" : "hq");
        if (settings.lowLatency()) {
            options.put("zerolatency", "1");
            options.put("delay", "0");
        }
        options.put("rc", settings.rc() == Settings.Rc.CBR ? "cbr" : "vbr");
        if (settings.rc() == Settings.Rc.CRF) {
            options.put("cq", "23");
        }
    }

    private static void svtAv1(Settings settings, Map<String, String> options) {
        options.put("preset", number(settings.preset(), SVT_AV1, settings.lowLatency() ? "10" : "8"));
        options.remove("bf");
        var threads = settings.threads() > 0 ? "lp=" + settings.threads() : "";
        var structure = settings.lowLatency() ? "pred-struct=1" : "";
        join(options, "svtav1-params", structure + ":" + threads, settings);
    }

    /** A preset of x264's family, checked here because they complain on the process's standard error. */
    private static void word(Settings settings, String fast, Map<String, String> options) throws StageException {
        var preset = settings.preset().isEmpty() && settings.lowLatency() ? fast : settings.preset();
        boolean number = preset.chars().allMatch(Character::isDigit);
        if (!number && !PRESETS.contains(preset) && !preset.equals("placebo")) {
            throw StageException.invalid("there is no preset " + preset + NearMiss.hint(preset, PRESETS))
                    .parameter("preset")
                    .remedy("take one of " + String.join(", ", PRESETS));
        }
        if (!preset.isEmpty()) {
            options.put("preset", preset);
        }
    }

    /** The user's list comes last and so wins, entry by entry. */
    private static void join(Map<String, String> options, String key, String ours, Settings settings) {
        var theirs = settings.extras().getOrDefault(key, "");
        options.put(key, (ours + ":" + theirs).replaceAll(":{2,}", ":").replaceAll("^:|:$", ""));
    }

    private static String number(String preset, int[] numbers, String otherwise) {
        int word = PRESETS.indexOf(preset);
        return preset.isEmpty() ? otherwise : word < 0 ? preset : Integer.toString(numbers[word]);
    }

    /** Whether the encoder takes another bit rate in mid-stream. */
    static boolean followsBitrate(String encoder) {
        return encoder.equals("libx264") || encoder.equals("libx264rgb") || encoder.endsWith("_nvenc");
    }

    /**
     * Sets the rate control's fields.
     *
     * @param format what comes in; null for an encoder that runs, with a bit rate
     */
    static void rates(String encoder, Settings settings, long bitrate, VideoFormat format, AVCodecContext context) {
        if (bitrate == 0) {
            quality(encoder, format, context);
            return;
        }
        boolean svt = encoder.equals("libsvtav1");
        var rc = svt && settings.lowLatency() && settings.rc() == Settings.Rc.VBR ? Settings.Rc.CBR : settings.rc();
        switch (rc) {
            case CBR -> {
                context.bit_rate(bitrate).rc_min_rate(bitrate).rc_max_rate(bitrate);
                context.rc_buffer_size(buffer(settings.lowLatency() ? bitrate / 2 : bitrate));
            }
            case VBR -> {
                context.bit_rate(bitrate);
                if (!svt) { // it knows a highest rate only together with a quality
                    context.rc_max_rate(Math.round(VBR_PEAK * bitrate)).rc_buffer_size(buffer(2 * bitrate));
                }
            }
            case CRF -> capped(encoder, bitrate, format, context);
        }
    }

    /** A quality with a highest bit rate, as far as the encoder has both. */
    private static void capped(String encoder, long bitrate, VideoFormat format, AVCodecContext context) {
        if (CONSTRAINED_QUALITY.containsKey(encoder) || NEED_BITRATE.contains(encoder)) {
            context.bit_rate(bitrate);
        } else if (encoder.startsWith("lib") || encoder.endsWith("_nvenc")) {
            context.bit_rate(0).rc_max_rate(bitrate).rc_buffer_size(buffer(2 * bitrate));
        } else {
            quality(encoder, format, context);
        }
    }

    private static int buffer(long bits) {
        return (int) Math.min(Integer.MAX_VALUE, bits);
    }

    private static void quality(String encoder, VideoFormat format, AVCodecContext context) {
        if (NEED_BITRATE.contains(encoder)) {
            var rate = format.frameRate().known() ? format.frameRate() : Settings.USUAL_RATE;
            context.bit_rate(Math.round(BITS_PER_PIXEL * format.width() * format.height() * rate.value()));
        } else if (encoder.endsWith("_nvenc")) {
            context.bit_rate(0); // FFmpeg's own for it is 2M
        } else if (!encoder.startsWith("lib")) {
            context.flags(context.flags() | AV_CODEC_FLAG_QSCALE);
            context.global_quality(FF_QP2LAMBDA * FINE_QUANTISER);
        }
    }
}
