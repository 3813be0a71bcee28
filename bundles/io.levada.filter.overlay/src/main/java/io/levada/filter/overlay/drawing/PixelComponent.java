/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.PixelFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one component of a pixel (Y, Cb, Cr, or R, G, B) lies in memory.
 *
 * @param plane its plane
 * @param offset bytes from the beginning of a pixel, or of a pair of chroma values
 * @param step bytes from one value to the next in a row
 * @param shiftX how often a value is shared by neighbours in a row, as a power of two
 * @param shiftY the same for rows
 * @param bits how far 8 bits are shifted up to make the value; 0 for values of one byte
 */
public record PixelComponent(int plane, int offset, int step, int shiftX, int shiftY, int bits) {

    /** The components of a format in the order Y, Cb, Cr or R, G, B. */
    public static List<PixelComponent> of(PixelFormat format) {
        return format.luma() ? yuv(format) : rgb(format);
    }

    private static List<PixelComponent> rgb(PixelFormat format) {
        List<PixelComponent> components = new ArrayList<>();
        for (char letter : new char[] {'r', 'g', 'b'}) {
            components.add(new PixelComponent(0, format.name().indexOf(letter), format.bytesPerPixel(), 0, 0, 0));
        }
        return components;
    }

    private static List<PixelComponent> yuv(PixelFormat format) {
        int size = format.bytesPerPixel();
        int bits = size == 1 ? 0 : format.name().startsWith("p0") ? 8 : 2;
        List<PixelComponent> components = new ArrayList<>();
        components.add(new PixelComponent(0, 0, size, 0, 0, bits));
        boolean pairs = format.planes() == 2;
        for (int chroma = 0; format.planes() > 1 && chroma < 2; chroma++) {
            int plane = pairs ? 1 : 1 + chroma;
            int step = pairs ? 2 * size : size;
            int shiftX = format.rowBytes(plane, 64) / step == 64 ? 0 : 1;
            int shiftY = format.rows(plane, 64) == 64 ? 0 : 1;
            components.add(new PixelComponent(plane, pairs ? chroma * size : 0, step, shiftX, shiftY, bits));
        }
        return components;
    }
}
