/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Rational;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FilterGraph;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Frames;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;

/** Encodes pictures. */
final class VideoEncoder extends Encoder {

    /** Codecs whose streams count time in frames. */
    private static final Set<Integer> COUNTS_FRAMES =
            Set.of(AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4);

    /** A finer tick than this is of no use, and more than headers have room for. */
    private static final int FINEST_TICK = 1_000_000;

    /** Who asks for keyframes in quick succession gets one in so many nanoseconds. */
    private static final long KEYFRAME_SPACING = 250_000_000;

    private final Optional<DeviceFrames> device;
    private TimeBase in;
    private TimeBase timeBase;
    private long usualDuration;
    private long spacing;

    private boolean keyframeWanted;
    private long lastKeyframe = Sample.NO_TIME;
    private long last = Sample.NO_TIME;
    private long limit = Long.MAX_VALUE;
    private long bitrate;

    /** @param device where pictures are; empty for the host */
    VideoEncoder(AVCodec codec, Settings settings, FFmpegLog log, Optional<DeviceFrames> device) {
        super(codec, settings, log);
        this.device = device;
    }

    @Override
    void open(Format format) throws StageException {
        var video = (VideoFormat) format;
        if (device.isEmpty() && video.memory() != Memory.Kind.HOST) {
            throw StageException.invalid("frames in " + video.memory() + " memory can't be encoded here")
                    .remedy("put a download stage in between");
        }
        in = video.timeBase();
        timeBase = timeBase(video);
        var rate = video.frameRate();
        usualDuration = rate.known() ? timeBase.fromNanos(Math.round(1e9 / rate.value())) : 0;
        spacing = Math.max(1, timeBase.fromNanos(KEYFRAME_SPACING));
        context.width(video.width()).height(video.height());
        context.time_base(Formats.rational(timeBase));
        context.framerate(Formats.rational(rate.known() ? rate : Settings.USUAL_RATE));
        context.sample_aspect_ratio(Formats.rational(video.sampleAspectRatio()));
        context.gop_size(settings.gop(rate));
        if (device.isPresent()) {
            colours(video, known(av_color_range_from_name(video.colorRange()), AVCOL_RANGE_UNSPECIFIED));
            device.get().prepare(context, video);
        } else {
            pixels(video);
        }
        bitrate = settings.bitrate();
        var usual = VideoOptions.of(name(), settings, video);
        VideoOptions.rates(name(), settings, bitrate, video, context);
        openCodec(usual);
    }

    private TimeBase timeBase(VideoFormat format) {
        Rational rate = format.frameRate();
        if (COUNTS_FRAMES.contains(codec.id()) && rate.known()) {
            return new TimeBase(rate.den(), rate.num());
        }
        return format.timeBase().den() > FINEST_TICK ? TimeBase.RTP_VIDEO : format.timeBase();
    }

    /** The pixel format that goes in, and a conversion where the frames have another. */
    private void pixels(VideoFormat format) throws StageException {
        int given = av_get_pix_fmt(format.pixelFormat().name());
        if (given == AV_PIX_FMT_NONE) {
            throw StageException.invalid("FFmpeg knows no pixel format " + format.pixelFormat());
        }
        int taken = Conversions.pixelFormat(context, codec, given, settings.extras());
        if ((av_pix_fmt_desc_get(taken).flags() & AV_PIX_FMT_FLAG_HWACCEL) != 0) {
            throw Refusal.ofMemory(codec, settings, av_get_pix_fmt_name(taken).getString());
        }
        int givenRange = Math.max(0, av_color_range_from_name(format.colorRange()));
        int range = Conversions.colorRange(context, codec, givenRange);
        context.pix_fmt(taken);
        colours(format, range);
        if (taken != given || range != givenRange) {
            var ticks = format.toBuilder().timeBase(timeBase).build();
            var filters = "format=pix_fmts=" + av_get_pix_fmt_name(taken).getString()
                    + (range == givenRange
                            ? ""
                            : ":color_ranges=" + av_color_range_name(range).getString());
            conversion = FilterGraph.open(ticks, filters, settings.threads(), log);
            context.color_range(conversion.colorRange());
            context.colorspace(conversion.colorSpace());
        }
    }

    /** 2 is "unspecified" in H.273's lists of matrices, primaries and transfer characteristics. */
    private void colours(VideoFormat format, int range) {
        context.color_range(range);
        context.colorspace(known(av_color_space_from_name(format.colorSpace()), AVCOL_SPC_UNSPECIFIED));
        context.color_primaries(known(av_color_primaries_from_name(format.colorPrimaries()), AVCOL_PRI_UNSPECIFIED));
        context.color_trc(known(av_color_transfer_from_name(format.colorTransfer()), AVCOL_TRC_UNSPECIFIED));
    }

    private static int known(int number, int otherwise) {
        return number < 0 ? otherwise : number;
    }

    @Override
    void encode(Sample sample, Output out) throws StageException {
        long pts = rising(in.rescaleTo(timeBase, sample.pts()));
        origins.add(sample, pts);
        if (device.isPresent()) {
            device.get().fill((VideoFrame) sample, frame);
        } else {
            Frames.reference((VideoFrame) sample, frame);
        }
        frame.pts(pts).duration(in.rescaleTo(timeBase, sample.duration()));
        if (conversion == null) {
            converted();
        }
        convertAndSend(out);
    }

    /** Codecs refuse times that do not rise; where the tick is too coarse for two frames the second one moves by one. */
    private long rising(long pts) {
        if (pts == Sample.NO_TIME) {
            pts = last == Sample.NO_TIME ? 0 : last + Math.max(1, usualDuration);
        }
        last = last == Sample.NO_TIME || pts > last ? pts : last + 1;
        return last;
    }

    /** The type that the picture had when it was decoded says nothing about how it shall be encoded. */
    @Override
    void converted() {
        long pts = frame.pts();
        boolean first = lastKeyframe == Sample.NO_TIME;
        boolean force = first || (keyframeWanted && pts - lastKeyframe >= spacing);
        frame.pict_type(force ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
        if (force) {
            keyframeWanted = false;
            lastKeyframe = pts;
        }
    }

    @Override
    void forceKeyframe() {
        keyframeWanted = true;
    }

    @Override
    boolean limit(long bitsPerSecond) {
        if (settings.bitrate() == 0 || !VideoOptions.followsBitrate(name())) {
            return false;
        }
        limit = bitsPerSecond;
        follow();
        return true;
    }

    @Override
    boolean bitrate(Settings changed) {
        if (bitrate == 0 || changed.bitrate() == 0 || !VideoOptions.followsBitrate(name())) {
            return false;
        }
        bitrate = changed.bitrate();
        follow();
        return true;
    }

    /** The codec compares these fields with what it runs with at the next frame. */
    private void follow() {
        VideoOptions.rates(name(), settings, Math.min(bitrate, limit), null, context);
    }

    /** The codec lets go of frames before what they are taken from goes. */
    @Override
    public void close() {
        super.close();
        device.ifPresent(DeviceFrames::close);
    }

    @Override
    TimeBase timeBase() {
        return timeBase;
    }

    @Override
    long usualDuration() {
        return usualDuration;
    }
}
