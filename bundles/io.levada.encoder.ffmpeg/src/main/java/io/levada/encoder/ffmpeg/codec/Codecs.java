/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.av_codec_is_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_iterate;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import io.levada.api.media.MediaKind;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Finds the encoder for the word a user wrote: a format's name or an encoder's. */
final class Codecs {

    /** What people call formats for which FFmpeg has another name. */
    private static final Map<String, String> ALIASES = Map.of(
            "h265", "hevc",
            "avc", "h264",
            "mpeg2", "mpeg2video",
            "jpeg", "mjpeg",
            "g711u", "pcm_mulaw",
            "pcmu", "pcm_mulaw",
            "g711a", "pcm_alaw",
            "pcma", "pcm_alaw");

    /** The encoders of a format, best first, where FFmpeg's own order would not do for live streams. */
    private static final Map<String, List<String>> PREFERRED = Map.of(
            "h264", List.of("libx264", "libopenh264"),
            "hevc", List.of("libx265"),
            "av1", List.of("libsvtav1", "libaom-av1"),
            "vp9", List.of("libvpx-vp9"),
            "vp8", List.of("libvpx"),
            "aac", List.of("aac"),
            "opus", List.of("libopus", "opus"),
            "mp3", List.of("libmp3lame"));

    private Codecs() {}

    /** @throws StageException of kind INVALID when there is none, or it encodes another kind of media */
    static AVCodec encoder(String word, MediaKind kind) throws StageException {
        var name = word.isEmpty() ? usual(kind) : word.toLowerCase(Locale.ROOT);
        var codec = find(ALIASES.getOrDefault(name, name));
        if (codec == null) {
            throw StageException.invalid("FFmpeg has no encoder for " + word + NearMiss.hint(name, names(kind)))
                    .parameter("codec");
        }
        if (codec.type() != (kind == MediaKind.VIDEO ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO)) {
            throw StageException.invalid(word + " does not encode " + kind.word() + ", which is what comes in")
                    .parameter("codec")
                    .remedy("take a codec for " + kind.word() + ", such as " + usual(kind) + ", or another input");
        }
        return codec;
    }

    private static String usual(MediaKind kind) {
        return kind == MediaKind.VIDEO ? "h264" : "aac";
    }

    private static AVCodec find(String name) {
        for (var encoder : PREFERRED.getOrDefault(name, List.of(name))) {
            var codec = avcodec_find_encoder_by_name(encoder);
            if (codec != null) {
                return codec;
            }
        }
        var descriptor = avcodec_descriptor_get_by_name(name);
        return descriptor == null ? null : avcodec_find_encoder(descriptor.id());
    }

    /** FFmpeg's name of the format that an encoder makes. */
    static String format(AVCodec encoder) {
        return avcodec_get_name(encoder.id()).getString();
    }

    /** The encoder without hardware that is best for what this one encodes. */
    static Optional<String> software(AVCodec encoder) {
        var codec = find(format(encoder));
        return codec == null || Refusal.hardware(codec)
                ? Optional.empty()
                : Optional.of(codec.name().getString());
    }

    private static Set<String> names(MediaKind kind) {
        int type = kind == MediaKind.VIDEO ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
        var names = new TreeSet<String>();
        try (var cursor = new PointerPointer<Pointer>(1)) {
            cursor.put(0, (Pointer) null);
            for (var codec = av_codec_iterate(cursor); codec != null; codec = av_codec_iterate(cursor)) {
                if (av_codec_is_encoder(codec) != 0 && codec.type() == type) {
                    names.add(codec.name().getString());
                }
            }
        }
        for (var format : PREFERRED.keySet()) {
            if ((type == AVMEDIA_TYPE_AUDIO) == Set.of("aac", "opus", "mp3").contains(format)) {
                names.add(format);
            }
        }
        return names;
    }
}
