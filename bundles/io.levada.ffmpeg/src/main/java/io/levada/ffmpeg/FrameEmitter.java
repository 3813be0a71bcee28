/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_KEY;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Rational;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Puts the AVFrames of one track out as samples, and their format where it changes. What it allocates is the samples'
 * headers. One thread at a time.
 */
public final class FrameEmitter {

    private final boolean video;
    private final TimeBase timeBase;
    private final FrameFormats formats;
    private final long usualDuration;

    private Format announced;
    private VideoFrame.Builder picture;
    private AudioFrame.Builder sound;
    private long next = Sample.NO_TIME;
    private Optional<DeviceFrame> onDevice = Optional.empty();

    /**
     * @param timeBase of the frames' times
     * @param frameRate of pictures, or unknown
     */
    public FrameEmitter(MediaKind kind, TimeBase timeBase, Rational frameRate) {
        this(kind, timeBase, frameRate, 0);
    }

    /** @param device index of the device whose memory pictures are in that are not on the host */
    public FrameEmitter(MediaKind kind, TimeBase timeBase, Rational frameRate, int device) {
        this.video = kind == MediaKind.VIDEO;
        this.timeBase = timeBase;
        this.formats = new FrameFormats(timeBase, frameRate, device);
        this.usualDuration = video && frameRate.known() ? timeBase.fromNanos(Math.round(1e9 / frameRate.value())) : 0;
    }

    /**
     * Puts a frame out, which is blank afterwards.
     *
     * @param pts its time; where that is not known it follows the frame before
     * @param origin what it was made of, found before
     */
    public void emit(AVFrame frame, long pts, Origins origin, Output out) {
        long time = pts == Sample.NO_TIME ? next : pts;
        long duration = duration(frame);
        next = time == Sample.NO_TIME ? time : time + duration;
        var builder = video ? picture(frame, out) : sound(frame, out);
        out.emit(builder.stamp(origin.stamp())
                .pts(time)
                .duration(duration)
                .preroll(origin.preroll())
                .discontinuity(origin.takeDiscontinuity())
                .build());
    }

    /** What is to be known of the next frame, which is in device memory; its last reader's release releases it. */
    public void onDevice(DeviceFrame device) {
        onDevice = Optional.of(device);
    }

    private long duration(AVFrame frame) {
        if (!video) {
            return timeBase.fromNanos(frame.nb_samples() * 1_000_000_000L / frame.sample_rate());
        }
        long duration = frame.duration();
        return duration > 0 ? duration : usualDuration;
    }

    private Sample.Builder<?, ?> picture(AVFrame frame, Output out) {
        var format = formats.video(frame);
        announce(format, out);
        int flags = frame.flags();
        boolean corrupt = (flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0;
        var memory = Frames.adopt(frame);
        onDevice.ifPresent(memory::on);
        onDevice = Optional.empty();
        if (picture == null) {
            picture = VideoFrame.over(memory, format, memory.strides());
        } else {
            picture.memory(memory).layout(format, memory.strides());
        }
        return picture.keyframe((flags & AV_FRAME_FLAG_KEY) != 0).corrupt(corrupt);
    }

    private Sample.Builder<?, ?> sound(AVFrame frame, Output out) {
        var format = formats.audio(frame);
        announce(format, out);
        int samples = frame.nb_samples();
        var memory = Frames.adopt(frame);
        if (sound == null) {
            sound = AudioFrame.over(memory, format, samples);
        } else {
            sound.memory(memory).layout(format, samples);
        }
        return sound.keyframe(true);
    }

    /** The formats are the same instance while nothing changes. */
    private void announce(Format format, Output out) {
        if (format != announced) {
            out.format(format);
            announced = format;
        }
    }

    /** What was is no hint at what comes. */
    public void flush() {
        next = Sample.NO_TIME;
    }
}
