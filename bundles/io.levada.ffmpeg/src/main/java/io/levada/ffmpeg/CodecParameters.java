/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/**
 * The format of packets in libav's terms and back, with all that decoding, muxing and packetising them needs. What has no
 * field of its own in {@link PacketFormat} is in its {@code details}, by FFmpeg's name.
 */
public final class CodecParameters {

    /** A stream whose rate is guessed beyond it has a variable one. */
    private static final double HIGHEST_RATE = 1000;

    private CodecParameters() {}

    /**
     * The format of a demuxed stream's packets.
     *
     * @param timeBase of the packets that will be emitted; the stream's own, unless they are rescaled
     */
    public static PacketFormat format(AVStream stream, TimeBase timeBase) {
        var parameters = stream.codecpar();
        var details = details(parameters);
        var title = entry(stream.metadata(), "title");
        if (!title.isEmpty()) {
            details.put("title", title);
        }
        if (stream.disposition() != 0) {
            details.put("disposition", Integer.toString(stream.disposition()));
        }
        var builder = builder(parameters, timeBase)
                .language(entry(stream.metadata(), "language"))
                .details(details);
        if (parameters.codec_type() == AVMEDIA_TYPE_VIDEO) {
            var rate = Formats.rational(av_guess_frame_rate(null, stream, null));
            var aspect = Formats.rational(stream.sample_aspect_ratio());
            builder.frameRate(rate.value() > HIGHEST_RATE ? Rational.UNKNOWN : rate);
            builder.sampleAspectRatio(aspect.known() ? aspect : Formats.rational(parameters.sample_aspect_ratio()));
        }
        return builder.build();
    }

    /** The format of packets with these parameters, an encoder's for instance. */
    public static PacketFormat format(AVCodecParameters parameters, TimeBase timeBase) {
        return builder(parameters, timeBase).details(details(parameters)).build();
    }

    private static PacketFormat.Builder builder(AVCodecParameters parameters, TimeBase timeBase) {
        int type = parameters.codec_type();
        var builder = PacketFormat.of(
                        kind(type), avcodec_get_name(parameters.codec_id()).getString())
                .bitrate(parameters.bit_rate())
                .timeBase(timeBase);
        int size = parameters.extradata_size();
        if (size > 0) {
            builder.extradata(parameters.extradata().capacity(size).asByteBuffer());
        }
        if (type == AVMEDIA_TYPE_VIDEO) {
            builder.width(parameters.width())
                    .height(parameters.height())
                    .frameRate(Formats.rational(parameters.framerate()))
                    .sampleAspectRatio(Formats.rational(parameters.sample_aspect_ratio()));
        } else if (type == AVMEDIA_TYPE_AUDIO) {
            builder.sampleRate(parameters.sample_rate())
                    .channels(parameters.ch_layout().nb_channels())
                    .channelLayout(Formats.describe(parameters.ch_layout()));
        }
        return builder;
    }

    private static MediaKind kind(int type) {
        if (type == AVMEDIA_TYPE_VIDEO) {
            return MediaKind.VIDEO;
        }
        if (type == AVMEDIA_TYPE_AUDIO) {
            return MediaKind.AUDIO;
        }
        return type == AVMEDIA_TYPE_SUBTITLE ? MediaKind.SUBTITLE : MediaKind.DATA;
    }

    private static int type(MediaKind kind) {
        return switch (kind) {
            case VIDEO -> AVMEDIA_TYPE_VIDEO;
            case AUDIO -> AVMEDIA_TYPE_AUDIO;
            case SUBTITLE -> AVMEDIA_TYPE_SUBTITLE;
            case DATA -> AVMEDIA_TYPE_DATA;
        };
    }

    private static Map<String, String> details(AVCodecParameters parameters) {
        var details = new TreeMap<String, String>();
        CodecDetails.read(parameters, details);
        CodedSideData.read(parameters, details);
        return details;
    }

    /**
     * Writes a format into blank parameters ({@code avcodec_parameters_alloc}).
     *
     * @throws StageException when libav knows no codec of that name
     */
    public static void fill(PacketFormat format, AVCodecParameters into) throws StageException {
        var descriptor = avcodec_descriptor_get_by_name(format.codec());
        if (descriptor == null) {
            throw StageException.invalid("FFmpeg knows no codec named " + format.codec());
        }
        into.codec_type(type(format.kind()));
        into.codec_id(descriptor.id());
        into.bit_rate(format.bitrate());
        extradata(format.extradata(), into);
        if (format.kind() == MediaKind.VIDEO) {
            into.width(format.width()).height(format.height());
            into.framerate(Formats.rational(format.frameRate()));
            into.sample_aspect_ratio(Formats.rational(format.sampleAspectRatio()));
        } else if (format.kind() == MediaKind.AUDIO) {
            into.sample_rate(format.sampleRate());
            Formats.layout(format.channelLayout(), format.channels(), into.ch_layout());
        }
        CodecDetails.write(format.details(), into);
        CodedSideData.write(format.details(), into);
    }

    /** The same for a stream that is to be muxed: time base, rate, language, title and disposition too. */
    public static void fill(PacketFormat format, AVStream into) throws StageException {
        fill(format, into.codecpar());
        into.time_base(Formats.rational(format.timeBase()));
        into.avg_frame_rate(Formats.rational(format.frameRate()));
        into.sample_aspect_ratio(Formats.rational(format.sampleAspectRatio()));
        var metadata = new AVDictionary(into.metadata());
        if (!format.language().isEmpty()) {
            av_dict_set(metadata, "language", format.language(), 0);
        }
        var title = format.details().get("title");
        if (title != null) {
            av_dict_set(metadata, "title", title, 0);
        }
        into.metadata(metadata);
        into.disposition(CodecDetails.number(format.details(), "disposition", 0));
    }

    private static void extradata(ByteBuffer bytes, AVCodecParameters into) {
        int size = bytes.remaining();
        if (size == 0) {
            return;
        }
        var copy = new BytePointer(av_mallocz((long) size + AV_INPUT_BUFFER_PADDING_SIZE));
        if (copy.isNull()) {
            throw new OutOfMemoryError("extradata of " + size + " bytes");
        }
        copy.capacity(size).asByteBuffer().put(bytes);
        into.extradata(copy).extradata_size(size); // avcodec_parameters_free frees it
    }

    private static String entry(AVDictionary dictionary, String key) {
        var entry = dictionary == null ? null : av_dict_get(dictionary, key, null, 0);
        return entry == null ? "" : entry.value().getString();
    }
}
