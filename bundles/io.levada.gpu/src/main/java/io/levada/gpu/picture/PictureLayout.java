/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.tensor.picture.Matrix;
import java.util.Map;
import java.util.Optional;

/**
 * How the components of a picture lie in its planes, for kernels.
 *
 * @param components red, green and blue, or brightness and two colour differences, or brightness alone
 * @param packed whether they are red, green and blue
 * @param wide two bytes each, little endian
 * @param unit what brings a value to the scale of 0 to 255
 */
public record PictureLayout(Component[] components, boolean packed, boolean wide, float unit) {

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
     * @param offset of it in a pixel, bytes
     * @param width pixels in a row of the plane
     * @param height rows of the plane
     */
    public record Component(int plane, int step, int offset, int width, int height) {}

    /** Empty for formats that the kernels don't know. */
    public static Optional<PictureLayout> of(VideoFormat format) {
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
                    ? component(format, 0, pixels.bytesPerPixel(), places[i])
                    : i == 0
                            ? component(format, 0, bytes, 0)
                            : pixels.planes() == 2
                                    ? component(format, 1, 2 * bytes, (i - 1) * bytes)
                                    : component(format, i, bytes, 0);
        }
        return Optional.of(new PictureLayout(components, places != null, wide, wide ? unit(format) : 1));
    }

    private static Component component(VideoFormat format, int plane, int step, int offset) {
        var pixels = format.pixelFormat();
        return new Component(
                plane,
                step,
                offset,
                pixels.rowBytes(plane, format.width()) / step,
                pixels.rows(plane, format.height()));
    }

    /** Ten bits to the scale of 0 to 255; P010 holds them in the upper bits of sixteen. */
    private static float unit(VideoFormat format) {
        float unit = Matrix.full(format) ? 255f / 1023 : 0.25f;
        return format.pixelFormat() == PixelFormat.P010 ? unit / 64 : unit;
    }
}
