/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFrame;
import java.util.Objects;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Between frames of the media model and AVFrames. Thread-safe; an AVFrame is used by one thread at a time. */
public final class Frames {

    private Frames() {}

    /**
     * Memory over a frame that libav filled (by {@code avcodec_receive_frame}, a buffer sink), with one reference, the
     * caller's. Nothing is copied: the reference moves out of {@code filled}, which is blank afterwards and can be filled
     * again. Only a picture that lies upside down in memory is copied, for the media model has the top row first.
     */
    public static FrameMemory adopt(AVFrame filled) {
        if (filled.linesize(0) < 0) {
            upright(filled);
        }
        return FrameMemory.of(filled);
    }

    private static void upright(AVFrame frame) {
        var copy = Objects.requireNonNull(av_frame_alloc(), "out of memory");
        try {
            copy.format(frame.format()).width(frame.width()).height(frame.height());
            require(av_frame_get_buffer(copy, 0));
            require(av_frame_copy(copy, frame));
            require(av_frame_copy_props(copy, frame));
            av_frame_unref(frame);
            av_frame_move_ref(frame, copy);
        } finally {
            av_frame_free(copy);
        }
    }

    /**
     * Fills a blank AVFrame with a native reference of the picture and with the times of its header; {@code av_frame_unref}
     * it. Pictures in Java's memory are not copied either: the AVFrame keeps the sample until libav lets go of it.
     *
     * @throws IllegalArgumentException when a plane is smaller than the format says: libav would read beyond it
     * @throws OutOfMemoryError when libav has none
     */
    public static void reference(VideoFrame sample, AVFrame into) {
        if (sample.memory() instanceof FrameMemory memory) {
            require(av_frame_ref(into, memory.frame()));
        } else {
            var format = sample.format();
            Formats.describe(format, into);
            for (int plane = 0; plane < sample.memory().planes(); plane++) {
                into.linesize(plane, sample.stride(plane));
            }
            borrow(sample, into);
            into.extended_data(into.data());
        }
        times(sample, into);
        into.flags(flags(into.flags(), sample));
    }

    /**
     * Fills a blank AVFrame with a native reference of the sound and with the times of its header; {@code av_frame_unref}
     * it. Sound in Java's memory is copied: it is small, and libav expects its alignment. Its planes may be larger than the
     * sound in them.
     *
     * @throws IllegalArgumentException when a plane is smaller than the format says
     * @throws OutOfMemoryError when libav has none
     */
    public static void reference(AudioFrame sample, AVFrame into) {
        if (sample.memory() instanceof FrameMemory memory) {
            require(av_frame_ref(into, memory.frame()));
        } else {
            Formats.describe(sample.format(), into);
            into.nb_samples(sample.samples());
            require(av_frame_get_buffer(into, 0));
            copy(sample, into);
        }
        times(sample, into);
    }

    /** As much as the format says: a plane of Java's may be larger, and the native one has room for no more. */
    private static void copy(AudioFrame sample, AVFrame into) {
        var format = sample.format();
        boolean planar = format.sampleFormat().planar();
        int size = sample.samples() * format.sampleFormat().bytes() * (planar ? 1 : format.channels());
        require(sample.memory(), planar ? format.channels() : 1);
        for (int plane = 0; plane < (planar ? format.channels() : 1); plane++) {
            require(sample.memory(), plane, size);
            into.extended_data(plane)
                    .capacity(size)
                    .asByteBuffer()
                    .put(sample.plane(plane).duplicate().position(0).limit(size));
        }
    }

    private static void require(Memory memory, int planes) {
        if (memory.planes() < planes) {
            throw new IllegalArgumentException("a frame of " + planes + " planes has " + memory.planes());
        }
    }

    private static void require(Memory memory, int plane, long size) {
        if (memory.size(plane) < size) {
            throw new IllegalArgumentException(
                    "plane " + plane + " of a frame has " + memory.size(plane) + " bytes, its format asks for " + size);
        }
    }

    private static void times(Sample sample, AVFrame into) {
        into.pts(sample.pts()).duration(sample.duration());
    }

    private static int flags(int native_, Sample sample) {
        return (native_ & ~(AVFrame.AV_FRAME_FLAG_KEY | AVFrame.AV_FRAME_FLAG_CORRUPT))
                | (sample.keyframe() ? AVFrame.AV_FRAME_FLAG_KEY : 0)
                | (sample.corrupt() ? AVFrame.AV_FRAME_FLAG_CORRUPT : 0);
    }

    /** One buffer for each plane, each with a reference of the sample's memory. */
    private static void borrow(VideoFrame sample, AVFrame into) {
        var memory = sample.memory();
        if (memory.kind() != Memory.Kind.HOST) {
            throw new IllegalStateException("a frame in " + memory.kind() + " memory; put a download stage in between");
        }
        var format = sample.format();
        var pixels = format.pixelFormat();
        require(memory, pixels.planes());
        for (int plane = 0; plane < memory.planes(); plane++) {
            if (plane < pixels.planes()) {
                long rows = pixels.rows(plane, format.height());
                require(memory, plane, (rows - 1) * sample.stride(plane) + pixels.rowBytes(plane, format.width()));
            }
            var buffer = BorrowedMemory.buffer(memory, plane);
            into.buf(plane, buffer);
            into.data(plane, buffer.data());
        }
    }

    private static void require(int error) {
        if (error < 0) {
            throw new OutOfMemoryError("a frame reference: " + FFmpegErrors.text(error));
        }
    }
}
