/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.ffmpeg;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.ffmpeg.FilterGraph;
import io.levada.ffmpeg.FrameFormats;
import io.levada.ffmpeg.Frames;
import io.levada.ffmpeg.Origins;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Turns what comes out of a graph into samples. What it allocates is the samples' headers. */
final class FilteredFrames {

    private final boolean video;
    private final TimeBase in;
    private final TimeBase timeBase;
    private final FrameFormats formats;
    private final Origins origins;
    private final long usualDuration;

    private Format announced;
    private VideoFrame.Builder picture;
    private AudioFrame.Builder sound;

    FilteredFrames(FilterGraph graph, Format format, Origins origins) {
        this.video = format instanceof VideoFormat;
        this.in = format.timeBase();
        this.timeBase = graph.timeBase();
        this.formats = new FrameFormats(timeBase, graph.frameRate());
        this.origins = origins;
        var rate = graph.frameRate();
        this.usualDuration = video && rate.known() ? timeBase.fromNanos(Math.round(1e9 / rate.value())) : 0;
    }

    /** The frame is blank afterwards. */
    void emit(AVFrame frame, Output out) {
        long pts = frame.pts();
        long duration = frame.duration();
        origins.find(0, timeBase.rescaleTo(in, pts));
        out.emit(video ? picture(frame, pts, duration, out) : sound(frame, pts, out));
    }

    private Sample picture(AVFrame frame, long pts, long duration, Output out) {
        var format = formats.video(frame);
        announce(format, out);
        int flags = frame.flags();
        var memory = Frames.adopt(frame);
        if (picture == null) {
            picture = VideoFrame.over(memory, format, memory.strides());
        } else {
            picture.memory(memory).layout(format, memory.strides());
        }
        return picture.stamp(origins.stamp())
                .pts(pts)
                .duration(duration > 0 ? duration : usualDuration)
                .keyframe((flags & AVFrame.AV_FRAME_FLAG_KEY) != 0)
                .corrupt((flags & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0)
                .preroll(origins.preroll())
                .discontinuity(origins.takeDiscontinuity())
                .build();
    }

    private Sample sound(AVFrame frame, long pts, Output out) {
        var format = formats.audio(frame);
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
                .duration(timeBase.fromNanos(samples * 1_000_000_000L / format.sampleRate()))
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
}
