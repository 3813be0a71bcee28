/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import java.util.Map;
import java.util.Optional;

/** How the components of each pixel format lie in its planes. */
final class Components {

    /** Where red, green and blue are in a pixel of the packed formats. */
    private static final Map<PixelFormat, int[]> PACKED = Map.of(
            PixelFormat.RGB24, new int[] {0, 1, 2},
            PixelFormat.BGR24, new int[] {2, 1, 0},
            PixelFormat.RGBA, new int[] {0, 1, 2},
            PixelFormat.BGRA, new int[] {2, 1, 0},
            PixelFormat.ARGB, new int[] {1, 2, 3});

    private final VideoFormat format;
    private final Area area;
    private final int firstX;
    private final int countX;
    private final int firstY;
    private final int countY;

    /** Of the part of the area that lies within a tensor of that size. */
    Components(VideoFormat format, Area area, int width, int height) {
        this.format = format;
        this.area = area;
        this.firstX = Math.max(0, -area.x());
        this.firstY = Math.max(0, -area.y());
        this.countX = Math.min(width, area.width());
        this.countY = Math.min(height, area.height());
    }

    static boolean knows(PixelFormat format) {
        return PACKED.containsKey(format) || format.described() && format.luma();
    }

    int countX() {
        return countX;
    }

    int countY() {
        return countY;
    }

    /** Red, green and blue, or brightness and two colour differences, or brightness alone. */
    Component[] all() {
        var pixels = format.pixelFormat();
        return Optional.ofNullable(PACKED.get(pixels))
                .map(places -> packed(pixels, places))
                .orElseGet(() -> planar(pixels));
    }

    private Component[] packed(PixelFormat pixels, int[] places) {
        var all = new Component[places.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = component(0, pixels.bytesPerPixel(), places[i], false, 1);
        }
        return all;
    }

    private Component[] planar(PixelFormat pixels) {
        boolean wide = pixels.bytesPerPixel() == 2;
        float unit = wide ? unit(pixels) : 1;
        int bytes = wide ? 2 : 1;
        var luma = component(0, bytes, 0, wide, unit);
        return switch (pixels.planes()) {
            case 1 -> new Component[] {luma};
            case 2 -> new Component[] {
                luma, component(1, 2 * bytes, 0, wide, unit), component(1, 2 * bytes, bytes, wide, unit)
            };
            default -> new Component[] {luma, component(1, bytes, 0, wide, unit), component(2, bytes, 0, wide, unit)};
        };
    }

    /** Ten bits to the scale of 0 to 255; P010 holds them in the upper bits of sixteen. */
    private float unit(PixelFormat pixels) {
        float unit = Matrix.full(format) ? 255f / 1023 : 0.25f;
        return pixels == PixelFormat.P010 ? unit / 64 : unit;
    }

    private Component component(int plane, int step, int offset, boolean wide, float unit) {
        var pixels = format.pixelFormat();
        int rowBytes = pixels.rowBytes(plane, format.width());
        int height = pixels.rows(plane, format.height());
        return new Component(
                plane,
                new Axis(rowBytes / step, area.width(), firstX, countX),
                new Axis(height, area.height(), firstY, countY),
                step,
                offset,
                wide,
                unit,
                rowBytes);
    }
}
