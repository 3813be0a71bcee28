/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** An open AVCodecContext with its packet, its frame, and the origins of what is inside. One thread at a time. */
public final class Decoder implements AutoCloseable {

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

    /**
     * An open decoder, libav's first for the codec.
     *
     * @param threads of the codec's own; 0 for as many as there are cores
     * @param extras options of the codec
     * @throws StageException when there is none, or it can't decode the format
     */
    public static Decoder open(PacketFormat format, int threads, Map<String, String> extras, FFmpegLog log)
            throws StageException {
        return open(codecOf(format), format, threads, extras, log, context -> {});
    }

    /**
     * The same for a certain codec.
     *
     * @param setup sees the context before it is opened
     */
    public static Decoder open(
            AVCodec codec,
            PacketFormat format,
            int threads,
            Map<String, String> extras,
            FFmpegLog log,
            Consumer<AVCodecContext> setup)
            throws StageException {
        var decoder = new Decoder(avcodec_alloc_context3(codec), log);
        try {
            setup.accept(decoder.codec);
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
    public int send(Packet sample) {
        Packets.reference(sample, packet);
        packet.opaque(number.number(origins.add(sample, sample.pts())));
        int error = avcodec_send_packet(codec, packet);
        av_packet_unref(packet);
        return error;
    }

    /** Nothing more comes: what is inside comes out. */
    public void end() {
        avcodec_send_packet(codec, null);
    }

    /** Fills {@link #frame}; a negative result is libav's error. */
    public int receive() {
        return avcodec_receive_frame(codec, frame);
    }

    /** What {@link #receive} filled; adopting it leaves it blank. */
    public AVFrame frame() {
        return frame;
    }

    /** Finds the packet of {@link #frame} in {@link #origins} and returns the frame's time, libav's best guess at it. */
    public long findOrigin() {
        long pts = frame.best_effort_timestamp();
        if (!origins.find(pts)) {
            var opaque = frame.opaque();
            origins.find(opaque == null ? 0 : opaque.address(), pts);
        }
        return pts;
    }

    /** Where the frames come from. */
    public Origins origins() {
        return origins;
    }

    /** Forgets what is inside; also needed to go on after {@link #end}. */
    public void flush() {
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
