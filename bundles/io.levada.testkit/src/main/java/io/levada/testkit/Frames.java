/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import java.util.Random;

/**
 * Builds video frames, each one tick after the one before; the caller owns one reference of each.
 *
 * <p>Rows are padded, and the padding holds garbage, so that a stage which overlooks the stride is found out.
 */
public final class Frames {

    private static final TimeBase TIME_BASE = new TimeBase(1, 25);

    private final VideoFormat format;
    private String source = Stamps.SOURCE;
    private int epoch;
    private long pts;

    private Frames(VideoFormat format) {
        Stamps.trackMemory();
        this.format = format;
    }

    /** One frame of one colour, in full-range yuv420p: black has luma 0, white 255. */
    public static VideoFrame solid(int width, int height, Color color) {
        return of(width, height).solid(color);
    }

    /** Frames in full-range yuv420p, 25 a second. */
    public static Frames of(int width, int height) {
        return of(format(width, height, PixelFormat.YUV420P));
    }

    /** Frames of any described pixel format. */
    public static Frames of(VideoFormat format) {
        if (!format.pixelFormat().described()) {
            throw new IllegalArgumentException("only described pixel formats can be painted, not " + format);
        }
        return new Frames(format);
    }

    /** Full range, 25 frames a second, one tick each. */
    public static VideoFormat format(int width, int height, PixelFormat pixelFormat) {
        return VideoFormat.of(width, height, pixelFormat)
                .colorRange("pc")
                .frameRate(new Rational(25, 1))
                .timeBase(TIME_BASE)
                .build();
    }

    public VideoFormat format() {
        return format;
    }

    /** The source in the stamps. */
    public Frames source(String source) {
        this.source = source;
        return this;
    }

    /** The epoch in the stamps. */
    public Frames epoch(int epoch) {
        this.epoch = epoch;
        return this;
    }

    /** The time of the next frame, in ticks. */
    public Frames at(long pts) {
        this.pts = pts;
        return this;
    }

    /** One colour. */
    public VideoFrame solid(Color color) {
        int rgb = color.rgb();
        return painted((x, y) -> rgb);
    }

    /** Random pixels, the same for the same seed. */
    public VideoFrame noise(long seed) {
        var random = new Random(seed);
        int[] pixels =
                random.ints((long) format.width() * format.height(), 0, 1 << 24).toArray();
        return painted((x, y) -> pixels[y * format.width() + x]);
    }

    /** A square with its top left corner at (x, y); it may lie partly or wholly outside. */
    public VideoFrame square(int left, int top, int size, Color square, Color background) {
        return painted(
                (x, y) -> x >= left && x < left + size && y >= top && y < top + size ? square.rgb() : background.rgb());
    }

    /** Any picture. */
    public VideoFrame painted(Picture picture) {
        var pixelFormat = format.pixelFormat();
        int[] strides = new int[pixelFormat.planes()];
        int[] sizes = new int[strides.length];
        for (int plane = 0; plane < strides.length; plane++) {
            strides[plane] = (pixelFormat.rowBytes(plane, format.width()) + 63) / 32 * 32;
            sizes[plane] = strides[plane] * pixelFormat.rows(plane, format.height());
        }
        var memory = Stamps.memory(sizes);
        new Painter(memory, format, strides).paint(picture);
        long time = pts++;
        return VideoFrame.over(memory, format, strides)
                .stamp(Stamps.at(source, epoch, format.timeBase(), time))
                .pts(time)
                .duration(1)
                .keyframe(true)
                .build();
    }
}
