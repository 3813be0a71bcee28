/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.Memory;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** How the frames of a track lie in memory; shared by all of them while it does not change. */
final class FrameLayout {

    private static final int PALETTE_BYTES = 1024;

    final Memory.Kind kind;
    final int[] strides;
    final long[] sizes;
    final long bytes;

    private final int format;
    private final int width;
    private final int height;
    private final int samples;

    private FrameLayout(AVFrame frame, Memory.Kind kind, int[] strides, long[] sizes) {
        this.kind = kind;
        this.strides = strides;
        this.sizes = sizes;
        this.format = frame.format();
        this.width = frame.width();
        this.height = frame.height();
        this.samples = frame.nb_samples();
        long sum = 0;
        for (long size : sizes) {
            sum += size;
        }
        this.bytes = sum;
    }

    /** Whether the frame lies as this says; a handful of field reads. */
    boolean fits(AVFrame frame) {
        if (frame.format() != format) {
            return false;
        }
        if (width == 0) {
            return frame.nb_samples() == samples
                    && frame.width() == 0
                    && frame.ch_layout().nb_channels() == channels();
        }
        if (frame.width() != width || frame.height() != height) {
            return false;
        }
        for (int plane = 0; plane < strides.length; plane++) {
            if (strides[plane] != 0 && frame.linesize(plane) != strides[plane]) {
                return false;
            }
        }
        return true;
    }

    private int channels() {
        return strides[0];
    }

    static FrameLayout of(AVFrame frame) {
        return frame.width() > 0 ? picture(frame) : sound(frame);
    }

    /** Audio keeps the number of channels where pictures have a stride: frames of a track differ in nothing else. */
    private static FrameLayout sound(AVFrame frame) {
        int format = frame.format();
        int channels = frame.ch_layout().nb_channels();
        int planes = av_sample_fmt_is_planar(format) == 1 ? channels : 1;
        long size = (long) frame.nb_samples() * av_get_bytes_per_sample(format) * (channels / planes);
        var sizes = new long[planes];
        java.util.Arrays.fill(sizes, size);
        return new FrameLayout(frame, Memory.Kind.HOST, new int[] {channels}, sizes);
    }

    private static FrameLayout picture(AVFrame frame) {
        int format = frame.format();
        var kind = kind(format);
        int layout = kind == Memory.Kind.HOST ? format : FrameFormats.softwareFormat(frame);
        var descriptor = av_pix_fmt_desc_get(layout);
        int planes = descriptor == null ? 0 : av_pix_fmt_count_planes(layout);
        boolean palette = planes == 1 && (descriptor.flags() & AV_PIX_FMT_FLAG_PAL) != 0;
        if (kind == Memory.Kind.VAAPI) {
            planes = 0; // a surface has no planes to point at
        }
        var strides = new int[palette ? 2 : planes];
        var sizes = new long[strides.length];
        for (int plane = 0; plane < planes; plane++) {
            boolean chroma = plane == 1 || plane == 2;
            int shift = chroma ? descriptor.log2_chroma_h() : 0;
            int rows = -(-frame.height() >> shift); // an odd height rounds up
            strides[plane] = frame.linesize(plane);
            sizes[plane] = (long) strides[plane] * (rows - 1) + av_image_get_linesize(layout, frame.width(), plane);
        }
        if (palette) {
            sizes[1] = PALETTE_BYTES;
        }
        return new FrameLayout(frame, kind, strides, sizes);
    }

    private static Memory.Kind kind(int pixelFormat) {
        if (pixelFormat == AV_PIX_FMT_CUDA) {
            return Memory.Kind.CUDA;
        }
        return pixelFormat == AV_PIX_FMT_VAAPI ? Memory.Kind.VAAPI : Memory.Kind.HOST;
    }
}
