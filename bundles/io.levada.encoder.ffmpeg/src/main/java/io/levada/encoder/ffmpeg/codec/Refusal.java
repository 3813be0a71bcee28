/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_CAP_HARDWARE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_CAP_HYBRID;

import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegErrors;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVCodec;

/** Why libavcodec did not open an encoder, in the user's terms: which parameter is to blame, and what can be done. */
final class Refusal {

    /** libavutil's words for a value that an option does not take. */
    private static final Pattern OPTION = Pattern.compile("Error setting option (\\S+) to value");

    /** What NVENC, Quick Sync and V4L2 say on a machine without their driver or device. */
    private static final Pattern NO_DEVICE =
            Pattern.compile("(?i)cannot load |cuInit|no CUDA-capable|driver does not support"
                    + "|failed to create a \\S+ device|could not find a valid device");

    /** What encoders have in the place of {@code preset}. */
    private static final Set<String> PRESET = Set.of("preset", "cpu-used");

    private final AVCodec codec;
    private final String name;
    private final Settings settings;

    private Refusal(AVCodec codec, Settings settings) {
        this.codec = codec;
        this.name = codec.name().getString();
        this.settings = settings;
    }

    /** @param said what FFmpeg logged meanwhile; may be empty */
    static StageException of(AVCodec codec, Settings settings, int error, String said) {
        var refusal = new Refusal(codec, settings);
        var option = refusal.option(said);
        if (option.isPresent()) {
            return refusal.value(option.get());
        }
        var problem = StageException.invalid(FFmpegErrors.message(error, "open the encoder " + refusal.name, said));
        return hardware(codec) && NO_DEVICE.matcher(said).find()
                ? problem.parameter("codec").remedy(refusal.noDevice())
                : problem.remedy("check the encoder's parameters and the size and rate of what comes in");
    }

    /** The encoder takes frames in a device's memory, which is not where they are. */
    static StageException ofMemory(AVCodec codec, Settings settings, String pixels) {
        var refusal = new Refusal(codec, settings);
        return StageException.invalid(refusal.name + " encodes only frames in a device's memory (" + pixels
                        + "), and they are in the machine's")
                .parameter("codec")
                .remedy(refusal.software());
    }

    static boolean hardware(AVCodec codec) {
        return (codec.capabilities() & (AV_CODEC_CAP_HARDWARE | AV_CODEC_CAP_HYBRID)) != 0;
    }

    /** FFmpeg's name of the option whose value was not taken. */
    private Optional<String> option(String said) {
        var matcher = OPTION.matcher(said);
        if (matcher.find()) {
            return Optional.of(matcher.group(1));
        }
        var words = said.toLowerCase(Locale.ROOT);
        if (words.contains("error setting profile") || words.contains("incompatible profile")) {
            return Optional.of("profile");
        }
        if (words.contains("error setting preset/tune")) { // words for the preset were looked at before
            return Optional.of(settings.extras().containsKey("tune") ? "tune" : "preset");
        }
        return words.contains("b-frames not supported") ? Optional.of("bf") : Optional.empty();
    }

    private StageException value(String option) {
        var extra = settings.extras().get(option);
        if (extra != null) {
            return unknown(option, extra).parameter("ffmpeg." + option);
        }
        if (PRESET.contains(option)) {
            return unknown("preset", settings.preset()).parameter("preset");
        }
        return option.equals("bf")
                ? StageException.invalid(name + " does not take " + settings.bframes() + " B-frames in a row")
                        .parameter("bframes")
                        .remedy("leave it out")
                : unknown(option, settings.profile()).parameter(option);
    }

    private StageException unknown(String what, String value) {
        return StageException.invalid(name + " knows no " + what + " '" + value + "'")
                .remedy("take one that " + name + " knows (ffmpeg -h encoder=" + name
                        + " lists them), or leave it out: then the codec chooses");
    }

    private String noDevice() {
        return name.endsWith("_nvenc")
                ? "there is no NVIDIA driver or GPU here that the node can use: " + software()
                : "there is no device here that " + name + " can use: " + software();
    }

    private String software() {
        var format = Codecs.format(codec);
        return Codecs.software(codec)
                .map(encoder -> "take " + encoder + " or leave codec = " + format)
                .orElse("leave codec = " + format);
    }
}
