/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * The format of the frames of one track: the same instance as long as nothing changes, for a dozen field reads a frame.
 * One thread at a time.
 */
public final class FrameFormats {

    private final TimeBase timeBase;
    private final Rational frameRate;
    private final int device;

    private VideoFormat video;
    private int pixelFormat;
    private int range;
    private int space;
    private int primaries;
    private int transfer;
    private long struct;
    private AVRational aspect;

    private AudioFormat audio;
    private int sampleFormat;
    private int layoutOrder;
    private long layoutMask;

    /** @param frameRate of pictures, or unknown; AVFrames don't say it */
    public FrameFormats(TimeBase timeBase, Rational frameRate) {
        this(timeBase, frameRate, 0);
    }

    /** @param device index of the device whose memory frames are in that are not on the host */
    public FrameFormats(TimeBase timeBase, Rational frameRate, int device) {
        this.timeBase = timeBase;
        this.frameRate = frameRate;
        this.device = device;
    }

    /** The format of a picture. */
    public VideoFormat video(AVFrame frame) {
        if (video == null || !fits(frame)) {
            video = picture(frame);
        }
        return video;
    }

    private boolean fits(AVFrame frame) {
        if (frame.format() != pixelFormat
                || frame.width() != video.width()
                || frame.height() != video.height()
                || frame.color_range() != range
                || frame.colorspace() != space
                || frame.color_primaries() != primaries
                || frame.color_trc() != transfer) {
            return false;
        }
        var known = video.sampleAspectRatio();
        var ratio = aspect(frame);
        int num = ratio.num();
        return num <= 0 ? !known.known() : num == known.num() && ratio.den() == known.den();
    }

    /** The pointer into the frame; a track's frames mostly come in one and the same struct. */
    private AVRational aspect(AVFrame frame) {
        if (frame.address() != struct) {
            struct = frame.address();
            aspect = frame.sample_aspect_ratio();
        }
        return aspect;
    }

    private VideoFormat picture(AVFrame frame) {
        pixelFormat = frame.format();
        range = frame.color_range();
        space = frame.colorspace();
        primaries = frame.color_primaries();
        transfer = frame.color_trc();
        var memory = memory(pixelFormat);
        int layout = memory == Memory.Kind.HOST ? pixelFormat : softwareFormat(frame);
        return VideoFormat.of(frame.width(), frame.height(), pixelFormat(layout))
                .memory(memory)
                .device(memory == Memory.Kind.HOST ? 0 : device)
                .frameRate(frameRate)
                .sampleAspectRatio(Formats.rational(frame.sample_aspect_ratio()))
                .colorRange(Formats.text(av_color_range_name(range)))
                .colorSpace(Formats.text(av_color_space_name(space)))
                .colorPrimaries(Formats.text(av_color_primaries_name(primaries)))
                .colorTransfer(Formats.text(av_color_transfer_name(transfer)))
                .timeBase(timeBase)
                .build();
    }

    private static PixelFormat pixelFormat(int number) {
        return PixelFormat.of(Formats.text(av_get_pix_fmt_name(number)));
    }

    private static Memory.Kind memory(int pixelFormat) {
        if (pixelFormat == AV_PIX_FMT_CUDA) {
            return Memory.Kind.CUDA;
        }
        return pixelFormat == AV_PIX_FMT_VAAPI ? Memory.Kind.VAAPI : Memory.Kind.HOST;
    }

    /** What a frame in device memory holds there. */
    static int softwareFormat(AVFrame frame) {
        var frames = frame.hw_frames_ctx();
        return frames == null ? AV_PIX_FMT_NONE : new AVHWFramesContext(frames.data()).sw_format();
    }

    /** The format of a run of audio. */
    public AudioFormat audio(AVFrame frame) {
        var layout = frame.ch_layout();
        if (audio == null
                || frame.format() != sampleFormat
                || frame.sample_rate() != audio.sampleRate()
                || layout.nb_channels() != audio.channels()
                || layout.order() != layoutOrder
                || (layoutOrder == AV_CHANNEL_ORDER_NATIVE && layout.u_mask() != layoutMask)) {
            sampleFormat = frame.format();
            layoutOrder = layout.order();
            layoutMask = layout.u_mask();
            audio = AudioFormat.of(frame.sample_rate(), layout.nb_channels(), Formats.sampleFormat(sampleFormat))
                    .channelLayout(Formats.describe(layout))
                    .timeBase(timeBase)
                    .build();
        }
        return audio;
    }
}
