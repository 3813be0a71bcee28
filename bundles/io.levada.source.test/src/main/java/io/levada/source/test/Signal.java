/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.test;

import static org.bytedeco.ffmpeg.global.avfilter.*;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.FrameFormats;
import io.levada.ffmpeg.Frames;
import java.util.Objects;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** A graph of libavfilter that makes pictures or sound out of nothing; it is one frame ahead. For one thread. */
final class Signal implements AutoCloseable {

    private static final String REMEDY =
            "name a source of FFmpeg's and options that it has: https://ffmpeg.org/ffmpeg-filters.html";

    private final MediaKind kind;
    private final FFmpegLog log;
    private final AVFilterGraph graph = Objects.requireNonNull(avfilter_graph_alloc(), "out of memory");
    private final AVFrame frame = Objects.requireNonNull(av_frame_alloc(), "out of memory");
    private AVFilterContext sink;
    private FrameFormats formats;
    private TimeBase timeBase;
    private Format format;
    private boolean ended;

    private Signal(MediaKind kind, FFmpegLog log) {
        this.kind = kind;
        this.log = log;
    }

    /**
     * Makes a graph and its first frame.
     *
     * @param parameter the parameter to blame when libavfilter does not like it
     * @throws StageException of kind INVALID with libavfilter's own words
     */
    static Signal open(MediaKind kind, String filters, String parameter, FFmpegLog log) throws StageException {
        var signal = new Signal(kind, log);
        boolean made = false;
        log.trying();
        try {
            signal.build(filters, parameter);
            signal.pull();
            if (signal.ended) {
                throw StageException.invalid(filters + " makes nothing")
                        .parameter(parameter)
                        .remedy(REMEDY);
            }
            made = true;
            return signal;
        } finally {
            log.tried(made);
            if (!made) {
                signal.close();
            }
        }
    }

    private void build(String filters, String parameter) throws StageException {
        boolean video = kind == MediaKind.VIDEO;
        graph.nb_threads(1);
        sink = new AVFilterContext(null);
        require(
                avfilter_graph_create_filter(
                        sink, avfilter_get_by_name(video ? "buffersink" : "abuffersink"), "out", null, null, graph),
                filters,
                parameter);
        AVFilterInOut end = Objects.requireNonNull(avfilter_inout_alloc(), "out of memory");
        end.name(new BytePointer(av_strdup(new BytePointer("out"))))
                .filter_ctx(sink)
                .pad_idx(0)
                .next(null);
        try {
            require(avfilter_graph_parse_ptr(graph, filters, end, (AVFilterInOut) null, null), filters, parameter);
        } finally {
            avfilter_inout_free(end);
        }
        require(avfilter_graph_config(graph, null), filters, parameter);
        timeBase = Formats.timeBase(av_buffersink_get_time_base(sink));
        formats = new FrameFormats(timeBase, Formats.rational(av_buffersink_get_frame_rate(sink)));
    }

    private void require(int error, String filters, String parameter) throws StageException {
        if (error < 0) {
            throw StageException.invalid(FFmpegErrors.message(error, "make a signal by " + filters, log.said()))
                    .parameter(parameter)
                    .remedy(REMEDY);
        }
    }

    private void pull() throws StageException {
        int error = av_buffersink_get_frame(sink, frame);
        if (error == AVERROR_EOF) {
            ended = true;
        } else {
            FFmpegErrors.check(error, "make the next " + kind.word() + " frame");
            format = kind == MediaKind.VIDEO ? formats.video(frame) : formats.audio(frame);
        }
    }

    /** Whether there is no next frame. */
    boolean ended() {
        return ended;
    }

    /** The next frame's format. */
    Format format() {
        return format;
    }

    TimeBase timeBase() {
        return timeBase;
    }

    /** The next frame's time in nanoseconds from the start. */
    long nanos() {
        return timeBase.toNanos(frame.pts());
    }

    /** The next frame's time in its ticks. */
    long ticks() {
        return frame.pts();
    }

    /**
     * Takes the next frame out; the one after it is made.
     *
     * @param pts the frame's time on the running time line
     */
    Sample take(Stamp stamp, long pts) throws StageException {
        long duration = frame.duration();
        int samples = frame.nb_samples();
        var memory = Frames.adopt(frame);
        Sample sample = kind == MediaKind.VIDEO
                ? VideoFrame.over(memory, (VideoFormat) format, memory.strides())
                        .stamp(stamp)
                        .pts(pts)
                        .duration(duration)
                        .keyframe(true)
                        .build()
                : AudioFrame.over(memory, (AudioFormat) format, samples)
                        .stamp(stamp)
                        .pts(pts)
                        .duration(duration)
                        .build();
        try {
            pull();
        } catch (StageException | RuntimeException e) {
            sample.release();
            throw e;
        }
        return sample;
    }

    @Override
    public void close() {
        av_frame_free(frame);
        avfilter_graph_free(graph);
    }
}
