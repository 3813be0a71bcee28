/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avformat.*;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A container that libavformat can write: one of its muxers. Immutable. */
public final class MuxerContainer {

    /** What users call them, where that is not FFmpeg's name. */
    private static final Map<String, String> ALIASES = Map.of(
            "mkv",
            "matroska",
            "ts",
            "mpegts",
            "m2ts",
            "mpegts",
            "m4a",
            "ipod",
            "m4v",
            "mp4",
            "fmp4",
            "mp4",
            "flac",
            "flac");

    /** What is proposed to whom has a codec that does not fit. */
    private static final List<String> USUAL =
            List.of("mp4", "matroska", "mpegts", "webm", "mov", "ogg", "avi", "flv", "wav");

    /** What a container is asked for when it can't hold a codec: formats that encoders make, the usual ones first. */
    private static final List<String> VIDEO_CODECS =
            List.of("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mjpeg", "theora");

    private static final List<String> AUDIO_CODECS =
            List.of("aac", "opus", "mp3", "ac3", "flac", "pcm_s16le", "pcm_mulaw");

    private static final int MOST_NAMED = 5;

    /** What MPEG-TS has a stream type for; libavformat would mux anything as private data that nobody can read. */
    private static final Set<String> IN_MPEGTS = Set.of(
            "h264",
            "hevc",
            "vvc",
            "mpeg1video",
            "mpeg2video",
            "mpeg4",
            "dirac",
            "cavs",
            "avs2",
            "avs3",
            "vc1",
            "jpeg2000",
            "jpegxs",
            "mp1",
            "mp2",
            "mp3",
            "aac",
            "aac_latm",
            "ac3",
            "eac3",
            "ac4",
            "dts",
            "truehd",
            "opus",
            "pcm_bluray",
            "s302m",
            "dvb_subtitle",
            "dvb_teletext",
            "hdmv_pgs_subtitle",
            "arib_caption",
            "timed_id3",
            "klv",
            "smpte_klv",
            "scte_35",
            "bin_data");

    private static final int HVC1 = 'h' | 'v' << 8 | 'c' << 16 | '1' << 24;

    private final AVOutputFormat format;
    private final String name;
    private final String parameter;
    private final List<String> choices;

    private MuxerContainer(AVOutputFormat format, String parameter, List<String> choices) {
        this.format = format;
        this.name = format.name().getString();
        this.parameter = parameter;
        this.choices = choices;
    }

    /**
     * The container of that name, FFmpeg's or a usual one ({@code mkv}, {@code ts}).
     *
     * @param parameter the parameter that names it, for the error
     * @throws StageException of kind INVALID when there is none
     */
    public static MuxerContainer named(String name, String parameter) throws StageException {
        return named(name, parameter, USUAL);
    }

    /**
     * The same where only some can be chosen.
     *
     * @param choices the names that the parameter takes, for who has to choose another one
     */
    public static MuxerContainer named(String name, String parameter, List<String> choices) throws StageException {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        var format = av_guess_format(ALIASES.getOrDefault(wanted, wanted), null, null);
        if (format == null) {
            throw StageException.invalid(
                            "FFmpeg can't write a container named '" + name + "'" + NearMiss.hint(wanted, names()))
                    .parameter(parameter)
                    .remedy("take one of FFmpeg's names: " + String.join(", ", USUAL));
        }
        return new MuxerContainer(format, parameter, choices);
    }

    /**
     * The container that a file's name asks for by its extension.
     *
     * @throws StageException of kind INVALID when no container has it
     */
    public static MuxerContainer of(String fileName, String parameter) throws StageException {
        var format = av_guess_format(null, fileName, null);
        if (format == null) {
            throw StageException.invalid("no container goes by the ending of " + Urls.masked(fileName))
                    .parameter(parameter)
                    .remedy("end the name in .mp4, .mkv, .ts, .webm, ... or say format = NAME");
        }
        return new MuxerContainer(format, parameter, USUAL);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(ALIASES.keySet());
        try (var position = new PointerPointer<Pointer>(1)) {
            position.put(0, (Pointer) null);
            for (var each = av_muxer_iterate(position); each != null; each = av_muxer_iterate(position)) {
                names.add(each.name().getString());
            }
        }
        return names;
    }

    /** FFmpeg's name. */
    public String name() {
        return name;
    }

    /** Whether it is of the family whose index is a {@code moov} box. */
    public boolean mp4() {
        return Set.of("mp4", "mov", "ipod", "3gp", "3g2", "psp", "f4v").contains(name);
    }

    /** Whether it is Matroska or WebM. */
    public boolean matroska() {
        return name.equals("matroska") || name.equals("webm");
    }

    /** Whether AAC is in it without ADTS headers. */
    boolean rawAac() {
        return mp4() || matroska() || name.equals("flv");
    }

    /** Whether the muxer opens its files itself: playlists with their segments, sequences of pictures. */
    public boolean opensItself() {
        return (format.flags() & AVFMT_NOFILE) != 0;
    }

    AVOutputFormat format() {
        return format;
    }

    /**
     * Sees to it that the container can hold what the format says.
     *
     * @throws StageException of kind INVALID that names codec, container and its parameter, what the container does hold, and
     *     the containers that can
     */
    public void require(PacketFormat packets) throws StageException {
        if (holds(packets.codec())) {
            return;
        }
        var ways = new ArrayList<String>();
        var able = choices.stream()
                .filter(each ->
                        guess(each).map(other -> other.holds(packets.codec())).orElse(false))
                .toList();
        if (!able.isEmpty()) {
            String how = parameter.equals("path") ? " (by the ending of path, or format = NAME)" : "";
            ways.add("take " + String.join(", ", able) + " instead" + how);
        }
        var held = held(packets.kind());
        if (!held.isEmpty()) {
            ways.add("put an encoder in front: " + name + " holds " + String.join(", ", held));
        }
        throw StageException.invalid(name + " can't hold " + packets.codec() + " "
                        + packets.kind().word())
                .parameter(parameter)
                .remedy(ways.isEmpty() ? "leave this track out" : String.join(", or ", ways));
    }

    private Optional<MuxerContainer> guess(String other) {
        return Optional.ofNullable(av_guess_format(ALIASES.getOrDefault(other, other), null, null))
                .map(format -> new MuxerContainer(format, parameter, choices));
    }

    /** Formats of this kind that it holds and that can be encoded here. */
    private List<String> held(MediaKind kind) {
        var codecs =
                kind == MediaKind.VIDEO ? VIDEO_CODECS : kind == MediaKind.AUDIO ? AUDIO_CODECS : List.<String>of();
        return codecs.stream()
                .filter(this::holds)
                .filter(codec -> avcodec_find_encoder(
                                avcodec_descriptor_get_by_name(codec).id())
                        != null)
                .limit(MOST_NAMED)
                .toList();
    }

    /** Whether the container can hold it; also true where libavformat does not know before it tries. */
    public boolean holds(PacketFormat packets) {
        return holds(packets.codec());
    }

    private boolean holds(String codec) {
        if (name.equals("mpegts")) {
            return IN_MPEGTS.contains(codec);
        }
        var descriptor = avcodec_descriptor_get_by_name(codec);
        return descriptor != null && avformat_query_codec(format, descriptor.id(), 0) != 0;
    }

    /**
     * The tag that names the codec in this container: the source's if it is one of the container's for it, else 0 and the
     * muxer chooses. H.265 in MP4 is {@code hvc1}, which all players take.
     */
    int tag(int codec, int tag, String codecName) {
        if (mp4() && codecName.equals("hevc")) {
            return HVC1;
        }
        var tags = format.codec_tag();
        return tag != 0 && tags != null && !tags.isNull() && av_codec_get_id(tags, tag) == codec ? tag : 0;
    }

    @Override
    public String toString() {
        return name;
    }
}
