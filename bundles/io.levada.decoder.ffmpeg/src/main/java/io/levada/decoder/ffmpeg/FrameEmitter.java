/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.ffmpeg.FrameFormats;
import io.levada.ffmpeg.Frames;
import io.levada.ffmpeg.Origins;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Turns decoded AVFrames into samples. What it allocates is the samples' headers. */
final class FrameEmitter {

    private final boolean video;
    private final FrameFormats formats;
    private final long usualDuration;

    private Format announced;
    private VideoFrame.Builder picture;
    private AudioFrame.Builder sound;
    private long next = Sample.NO_TIME;

    FrameEmitter(PacketFormat format) {
        video = format.kind() == MediaKind.VIDEO;
        formats = new FrameFormats(format.timeBase(), format.frameRate());
        var rate = format.frameRate();
        usualDuration = rate.known() ? format.timeBase().fromNanos(Math.round(1e9 / rate.value())) : 0;
    }

    void emit(Decoder decoder, Output out) {
        var frame = decoder.frame();
        long pts = frame.best_effort_timestamp();
        long duration = frame.duration();
        var origins = decoder.origins();
        if (!origins.find(pts)) {
            var opaque = frame.opaque();
            origins.find(opaque == null ? 0 : opaque.address(), pts);
        }
        if (pts == Sample.NO_TIME) {
            pts = next;
        }
        if (video) {
            duration = duration > 0 ? duration : usualDuration;
            out.emit(picture(frame, origins, pts, duration, out));
        } else {
            out.emit(sound(frame, origins, pts, duration, out));
        }
        next = pts == Sample.NO_TIME ? pts : pts + duration;
    }

    private VideoFrame picture(AVFrame frame, Origins origins, long pts, long duration, Output out) {
        VideoFormat format = formats.video(frame);
        announce(format, out);
        int flags = frame.flags();
        boolean corrupt = (flags & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0;
        var memory = Frames.adopt(frame);
        if (picture == null) {
            picture = VideoFrame.over(memory, format, memory.strides());
        } else {
            picture.memory(memory).layout(format, memory.strides());
        }
        return picture.stamp(origins.stamp())
                .pts(pts)
                .duration(duration)
                .keyframe((flags & AVFrame.AV_FRAME_FLAG_KEY) != 0)
                .corrupt(corrupt)
                .preroll(origins.preroll())
                .discontinuity(origins.takeDiscontinuity())
                .build();
    }

    private AudioFrame sound(AVFrame frame, Origins origins, long pts, long duration, Output out) {
        AudioFormat format = formats.audio(frame);
        announce(format, out);
        int samples = frame.nb_samples();
        var memory = Frames.adopt(frame);
        if (sound == null) {
            sound = AudioFrame.over(memory, format, samples);
        } else {
            sound.memory(memory).layout(format, samples);
        }
        return sound.stamp(origins.stamp())
                .pts(pts)
                .duration(duration)
                .keyframe(true)
                .preroll(origins.preroll())
                .discontinuity(origins.takeDiscontinuity())
                .build();
    }

    /** The formats are the same instance while nothing changes. */
    private void announce(Format format, Output out) {
        if (format != announced) {
            out.format(format);
            announced = format;
        }
    }

    /** What was is no hint at what comes. */
    void flush() {
        next = Sample.NO_TIME;
    }
}
