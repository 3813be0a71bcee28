/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.CodecParameters;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Handle;
import io.levada.ffmpeg.Options;
import io.levada.ffmpeg.Origins;
import io.levada.ffmpeg.Packets;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** An open AVCodecContext with its packet, its frame, and the origins of what is inside. One thread at a time. */
final class Decoder implements AutoCloseable {

    private final AVCodecContext codec;
    private final FFmpegLog log;
    private final AVPacket packet = Objects.requireNonNull(av_packet_alloc(), "out of memory");
    private final AVFrame frame = Objects.requireNonNull(av_frame_alloc(), "out of memory");
    private final Handle number = new Handle(0);
    private final Origins origins = new Origins();

    private Decoder(AVCodecContext codec, FFmpegLog log) {
        this.codec = codec;
        this.log = log;
    }

    static Decoder open(PacketFormat format, int threads, Map<String, String> extras, FFmpegLog log)
            throws StageException {
        var decoder = new Decoder(avcodec_alloc_context3(codecOf(format)), log);
        try {
            decoder.open(format, threads, extras);
            return decoder;
        } catch (StageException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private static AVCodec codecOf(PacketFormat format) throws StageException {
        var descriptor = avcodec_descriptor_get_by_name(format.codec());
        var codec = descriptor == null ? null : avcodec_find_decoder(descriptor.id());
        if (codec == null) {
            throw StageException.invalid("FFmpeg has no decoder for " + format.codec());
        }
        return codec;
    }

    private void open(PacketFormat format, int threads, Map<String, String> extras) throws StageException {
        log.covers(codec);
        parameters(format);
        codec.pkt_timebase(Formats.rational(format.timeBase()));
        codec.framerate(Formats.rational(format.frameRate()));
        codec.thread_count(threads);
        codec.flags(codec.flags() | AV_CODEC_FLAG_COPY_OPAQUE);
        int error = -1;
        log.trying();
        try (var options = Options.of(extras)) {
            error = avcodec_open2(codec, (AVCodec) null, options.dictionary());
            if (error < 0) {
                throw StageException.failed(FFmpegErrors.message(error, "open the decoder of " + format, log.said()));
            }
            options.requireAllTaken("ffmpeg.", codec);
        } finally {
            log.tried(error >= 0);
        }
    }

    private void parameters(PacketFormat format) throws StageException {
        var parameters = Objects.requireNonNull(avcodec_parameters_alloc(), "out of memory");
        try {
            CodecParameters.fill(format, parameters);
            FFmpegErrors.check(avcodec_parameters_to_context(codec, parameters), "set up the decoder of " + format);
        } finally {
            avcodec_parameters_free(parameters);
        }
    }

    /** Gives a packet to the codec; a negative result is libav's error. */
    int send(Packet sample) {
        Packets.reference(sample, packet);
        packet.opaque(number.number(origins.add(sample, sample.pts())));
        int error = avcodec_send_packet(codec, packet);
        av_packet_unref(packet);
        return error;
    }

    /** Nothing more comes: what is inside comes out. */
    void end() {
        avcodec_send_packet(codec, null);
    }

    /** Fills {@link #frame}; a negative result is libav's error. */
    int receive() {
        return avcodec_receive_frame(codec, frame);
    }

    /** What {@link #receive} filled; adopting it leaves it blank. */
    AVFrame frame() {
        return frame;
    }

    /** Finds the packet of {@link #frame} in {@link #origins} and returns the frame's time, libav's best guess at it. */
    long findOrigin() {
        long pts = frame.best_effort_timestamp();
        if (!origins.find(pts)) {
            var opaque = frame.opaque();
            origins.find(opaque == null ? 0 : opaque.address(), pts);
        }
        return pts;
    }

    /** Where the frames come from. */
    Origins origins() {
        return origins;
    }

    /** Forgets what is inside; also needed to go on after {@link #end}. */
    void flush() {
        avcodec_flush_buffers(codec);
        origins.clear();
    }

    @Override
    public void close() {
        log.uncovers(codec);
        avcodec_free_context(codec);
        av_packet_free(packet);
        av_frame_free(frame);
    }
}
