/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.CodecParameters;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FilterGraph;
import io.levada.ffmpeg.Options;
import io.levada.ffmpeg.Origins;
import io.levada.ffmpeg.Packets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * An open AVCodecContext with what goes into and out of it. {@link VideoEncoder} and {@link AudioEncoder} set it up and
 * bring frames into its form. One thread at a time.
 */
public abstract class Encoder implements AutoCloseable {

    final AVCodec codec;
    final AVCodecContext context;
    final AVFrame frame = Objects.requireNonNull(av_frame_alloc(), "out of memory");
    final Settings settings;
    final FFmpegLog log;
    final Origins origins = new Origins();

    /** What brings frames into the codec's form; null where they are in it. */
    FilterGraph conversion;

    private final AVPacket packet = Objects.requireNonNull(av_packet_alloc(), "out of memory");
    private Packet.Builder builder;

    Encoder(AVCodec codec, Settings settings, FFmpegLog log) {
        this.codec = codec;
        this.context = Objects.requireNonNull(avcodec_alloc_context3(codec), "out of memory");
        this.settings = settings;
        this.log = log;
        log.covers(context);
    }

    /**
     * In software, or by hardware that takes pictures of the host.
     *
     * @throws StageException of kind INVALID for what can't be encoded, or not with these settings
     */
    public static Encoder open(Format in, Settings settings, FFmpegLog log) throws StageException {
        if (!(in instanceof VideoFormat) && !(in instanceof AudioFormat)) {
            throw StageException.invalid("can't encode " + in + ": it is no decoded video or audio");
        }
        var codec = Codecs.encoder(settings.codec(), in.kind());
        return open(
                in,
                in instanceof VideoFormat
                        ? new VideoEncoder(codec, settings, log, Optional.empty())
                        : new AudioEncoder(codec, settings, log));
    }

    /**
     * By a device, on pictures that are there.
     *
     * @param frames the encoder's from now on, also when this throws
     */
    public static Encoder open(AVCodec codec, VideoFormat in, Settings settings, FFmpegLog log, DeviceFrames frames)
            throws StageException {
        return open(in, new VideoEncoder(codec, settings, log, Optional.of(frames)));
    }

    private static Encoder open(Format in, Encoder encoder) throws StageException {
        try {
            encoder.open(in);
            return encoder;
        } catch (StageException | RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    abstract void open(Format in) throws StageException;

    /** Encodes a sample; emits what comes out at once. */
    abstract void encode(Sample sample, Output out) throws StageException;

    /** The unit of the times on both sides of the codec. */
    abstract TimeBase timeBase();

    /** How long a packet lasts of which the codec does not say it, in ticks; 0 if not known. */
    abstract long usualDuration();

    /** The next picture becomes a keyframe. */
    void forceKeyframe() {}

    /** The path to the consumer carries no more than this; whether the codec can follow in mid-stream. */
    boolean limit(long bitsPerSecond) {
        return false;
    }

    /** Another bit rate from the user; whether the codec can follow in mid-stream. */
    boolean bitrate(Settings changed) {
        return false;
    }

    /** Opens the codec. The user's options win over the given ones; what libav does not know is the user's mistake. */
    final void openCodec(Map<String, String> usual) throws StageException {
        context.thread_count(settings.threads());
        context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        int error = -1;
        log.trying();
        try (var options = Options.of(usual)) {
            settings.extras().forEach((key, value) -> {
                if (!Conversions.OWN_OPTIONS.contains(key)) {
                    options.put(key, value);
                }
            });
            error = avcodec_open2(context, codec, options.dictionary());
            if (error < 0) {
                throw Refusal.of(codec, settings, error, log.said());
            }
            for (var key : options.left().keySet()) {
                if (!settings.extras().containsKey(key)) {
                    throw StageException.invalid(name() + " has no " + key)
                            .parameter(key)
                            .remedy("leave it out");
                }
            }
            options.requireAllTaken("ffmpeg.", context);
        } finally {
            log.tried(error >= 0);
        }
    }

    final String name() {
        return codec.name().getString();
    }

    /** What comes out looks like this; global headers included. */
    PacketFormat format() throws StageException {
        var parameters = Objects.requireNonNull(avcodec_parameters_alloc(), "out of memory");
        try {
            FFmpegErrors.check(avcodec_parameters_from_context(parameters, context), "read the encoder's parameters");
            return CodecParameters.format(parameters, timeBase());
        } finally {
            avcodec_parameters_free(parameters);
        }
    }

    /** Hands {@link #frame} in and emits what comes out; the frame is blank afterwards. */
    final void send(Output out) throws StageException {
        int error = avcodec_send_frame(context, frame);
        if (error == FFmpegErrors.AGAIN) { // it wants to be emptied first, which few encoders do
            receive(out);
            error = avcodec_send_frame(context, frame);
        }
        av_frame_unref(frame);
        require(error);
        receive(out);
    }

    /** Passes {@link #frame} through the conversion, if there is one, into the codec. */
    final void convertAndSend(Output out) throws StageException {
        if (conversion == null) {
            send(out);
            return;
        }
        int error = conversion.push(frame);
        if (error < 0) {
            av_frame_unref(frame);
            require(error);
        }
        pull(out);
    }

    private void pull(Output out) throws StageException {
        int error = conversion.pull(frame);
        while (error >= 0) {
            converted();
            send(out);
            error = conversion.pull(frame);
        }
        if (error != FFmpegErrors.AGAIN && error != AVERROR_EOF) {
            require(error);
        }
    }

    /** {@link #frame} has left the conversion. */
    void converted() {}

    private void require(int error) throws StageException {
        if (error < 0) {
            throw StageException.retry(FFmpegErrors.message(error, "encode by " + name(), log.said()));
        }
    }

    private void receive(Output out) throws StageException {
        int error = avcodec_receive_packet(context, packet);
        while (error >= 0) {
            out.emit(packet());
            error = avcodec_receive_packet(context, packet);
        }
        if (error != FFmpegErrors.AGAIN && error != AVERROR_EOF) {
            require(error);
        }
    }

    private Packet packet() {
        long pts = packet.pts();
        long dts = packet.dts();
        long duration = packet.duration();
        int flags = packet.flags();
        origins.find(0, pts == Sample.NO_TIME ? pts : pts + context.initial_padding());
        var memory = Packets.adopt(packet);
        builder = builder == null ? Packet.over(memory) : builder.memory(memory);
        return builder.stamp(origins.stamp())
                .pts(pts)
                .dts(dts == Sample.NO_TIME ? pts : dts)
                .duration(duration > 0 ? duration : usualDuration())
                .keyframe((flags & AV_PKT_FLAG_KEY) != 0)
                .disposable((flags & AV_PKT_FLAG_DISPOSABLE) != 0)
                .preroll(origins.preroll())
                .discontinuity(origins.takeDiscontinuity())
                .build();
    }

    /** Brings out what is inside; the codec takes nothing more. */
    final void finish(Output out) throws StageException {
        if (conversion != null) {
            conversion.end();
            pull(out);
        }
        avcodec_send_frame(context, null);
        receive(out);
    }

    @Override
    public void close() {
        if (conversion != null) {
            conversion.close();
        }
        log.uncovers(context);
        avcodec_free_context(context);
        av_packet_free(packet);
        av_frame_free(frame);
    }
}
