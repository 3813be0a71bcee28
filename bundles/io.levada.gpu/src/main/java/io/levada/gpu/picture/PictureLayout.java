/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.tensor.picture.Matrix;
import java.util.Map;
import java.util.Optional;

/**
 * How the components of a picture lie in its planes, for kernels.
 *
 * @param components red, green and blue, or brightness and two colour differences, or brightness alone
 * @param packed whether they are red, green and blue
 * @param paired whether the two colour differences of a place lie side by side
 * @param wide two bytes each, little endian
 * @param unit what brings a value to the scale of 0 to 255
 */
public record PictureLayout(Component[] components, boolean packed, boolean paired, boolean wide, float unit) {

    private static final Map<PixelFormat, int[]> PACKED = Map.of(
            PixelFormat.RGB24, new int[] {0, 1, 2},
            PixelFormat.BGR24, new int[] {2, 1, 0},
            PixelFormat.RGBA, new int[] {0, 1, 2},
            PixelFormat.BGRA, new int[] {2, 1, 0},
            PixelFormat.ARGB, new int[] {1, 2, 3});

    /**
     * One component.
     *
     * @param plane where it is
     * @param step bytes from one pixel to the next
     * @param offset of the first one's in a row, bytes
     * @param row the first one's
     * @param width pixels in a row of the plane
     * @param height rows of the plane
     */
    public record Component(int plane, int step, int offset, int row, int width, int height) {

        /** Of its first value on the device. */
        public long address(VideoFrame frame) {
            return frame.memory().address(plane) + (long) row * frame.stride(plane) + offset;
        }
    }

    /** Of whole pictures; empty for formats that the kernels don't know. */
    public static Optional<PictureLayout> of(VideoFormat format) {
        return of(format, Crop.whole(format));
    }

    /** Of a part of pictures; empty for formats that the kernels don't know. */
    public static Optional<PictureLayout> of(VideoFormat format, Crop crop) {
        var pixels = format.pixelFormat();
        var places = PACKED.get(pixels);
        if (places == null && !(pixels.described() && pixels.luma())) {
            return Optional.empty();
        }
        boolean wide = places == null && pixels.bytesPerPixel() == 2;
        var components = new Component[pixels.planes() == 1 && places == null ? 1 : 3];
        int bytes = wide ? 2 : 1;
        for (int i = 0; i < components.length; i++) {
            components[i] = places != null
                    ? component(pixels, crop, 0, pixels.bytesPerPixel(), places[i])
                    : i == 0
                            ? component(pixels, crop, 0, bytes, 0)
                            : pixels.planes() == 2
                                    ? component(pixels, crop, 1, 2 * bytes, (i - 1) * bytes)
                                    : component(pixels, crop, i, bytes, 0);
        }
        boolean paired = places == null && pixels.planes() == 2;
        return Optional.of(new PictureLayout(components, places != null, paired, wide, wide ? unit(format) : 1));
    }

    private static Component component(PixelFormat pixels, Crop crop, int plane, int step, int offset) {
        return new Component(
                plane,
                step,
                offset + pixels.rowBytes(plane, crop.x()),
                pixels.rows(plane, crop.y()),
                pixels.rowBytes(plane, crop.width()) / step,
                pixels.rows(plane, crop.height()));
    }

    /** Ten bits to the scale of 0 to 255; P010 holds them in the upper bits of sixteen. */
    private static float unit(VideoFormat format) {
        float unit = Matrix.full(format) ? 255f / 1023 : 0.25f;
        return format.pixelFormat() == PixelFormat.P010 ? unit / 64 : unit;
    }
}
