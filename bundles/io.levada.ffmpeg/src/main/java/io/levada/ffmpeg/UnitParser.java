/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/** Looks into whole access units: whether decoding can start there, and how large the picture is. For one thread. */
final class UnitParser implements AutoCloseable {

    private final AVCodecContext codec;
    private final AVCodecParserContext parser;
    private final boolean intraOnly;
    private final BytePointer out = new BytePointer(1L);
    private final IntPointer outSize = new IntPointer(1);

    UnitParser(AVCodecParameters parameters) {
        codec = avcodec_alloc_context3(null);
        if (codec == null || avcodec_parameters_to_context(codec, parameters) < 0) {
            throw new OutOfMemoryError("avcodec_alloc_context3");
        }
        parser = av_parser_init(parameters.codec_id());
        if (parser != null) {
            parser.flags(parser.flags() | AVCodecParserContext.PARSER_FLAG_COMPLETE_FRAMES);
        }
        var descriptor = avcodec_descriptor_get(parameters.codec_id());
        intraOnly = descriptor != null && (descriptor.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    }

    /** Whether decoding can start at the unit. */
    boolean keyframe(AVPacket unit) {
        if (parser == null || intraOnly) {
            return intraOnly || (unit.flags() & AV_PKT_FLAG_KEY) != 0;
        }
        parser.key_frame(-1);
        parser.pict_type(0);
        av_parser_parse2(parser, codec, out, outSize, unit.data(), unit.size(), AV_NOPTS_VALUE, AV_NOPTS_VALUE, -1);
        return parser.key_frame() == 1
                || parser.key_frame() < 0 && parser.pict_type() == AV_PICTURE_TYPE_I
                || (unit.flags() & AV_PKT_FLAG_KEY) != 0;
    }

    /** Writes the size of the last picture into the parameters, if it is known. */
    void size(AVCodecParameters into) {
        if (parser != null && parser.width() > 0 && parser.height() > 0) {
            into.width(parser.width()).height(parser.height());
        }
    }

    /**
     * Completes the parameters by decoding a unit where decoding can start: a description need tell neither the size nor how
     * many pictures may be decoded before one that is shown earlier, nor the rate of MPEG audio. What the decoder can't tell
     * stays as it was.
     */
    static void learn(AVCodecParameters parameters, AVPacket unit) {
        var decoder = avcodec_find_decoder(parameters.codec_id());
        if (decoder == null) {
            return;
        }
        var context = avcodec_alloc_context3(decoder);
        try {
            context.thread_count(1);
            boolean decoded = avcodec_parameters_to_context(context, parameters) >= 0
                    && avcodec_open2(context, decoder, (AVDictionary) null) >= 0
                    && avcodec_send_packet(context, unit) >= 0;
            if (decoded && context.width() > 0) {
                parameters.width(context.width()).height(context.height());
                parameters.format(context.pix_fmt());
                parameters.profile(context.profile()).level(context.level());
                parameters.video_delay(context.has_b_frames());
            } else if (decoded && context.sample_rate() > 0) {
                parameters.sample_rate(context.sample_rate());
                parameters.format(context.sample_fmt());
                av_channel_layout_copy(parameters.ch_layout(), context.ch_layout());
            }
        } finally {
            avcodec_free_context(context);
        }
    }

    @Override
    public void close() {
        if (parser != null) {
            av_parser_close(parser);
        }
        avcodec_free_context(codec);
        out.close();
        outSize.close();
    }
}
