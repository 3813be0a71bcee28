/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The layout of a picture in memory, by FFmpeg's name for it. The ones with a constant here are described (planes,
 * subsampling, bytes); any other is passed through by name. Instances are interned: compare with {@code ==} or equals.
 */
public final class PixelFormat {

    private static final Map<String, PixelFormat> KNOWN = new ConcurrentHashMap<>();

    public static final PixelFormat GRAY8 = planar("gray", 1, 0, 0, 1);
    public static final PixelFormat YUV420P = planar("yuv420p", 3, 1, 1, 1);
    public static final PixelFormat YUVJ420P = planar("yuvj420p", 3, 1, 1, 1);
    public static final PixelFormat YUV422P = planar("yuv422p", 3, 1, 0, 1);
    public static final PixelFormat YUVJ422P = planar("yuvj422p", 3, 1, 0, 1);
    public static final PixelFormat YUV444P = planar("yuv444p", 3, 0, 0, 1);
    public static final PixelFormat YUVJ444P = planar("yuvj444p", 3, 0, 0, 1);
    public static final PixelFormat YUV420P10 = planar("yuv420p10le", 3, 1, 1, 2);
    public static final PixelFormat YUV422P10 = planar("yuv422p10le", 3, 1, 0, 2);
    public static final PixelFormat NV12 = new PixelFormat("nv12", 2, 1, 1, 1, 2, true).known();
    public static final PixelFormat P010 = new PixelFormat("p010le", 2, 1, 1, 2, 4, true).known();
    public static final PixelFormat RGB24 = packed("rgb24", 3);
    public static final PixelFormat BGR24 = packed("bgr24", 3);
    public static final PixelFormat RGBA = packed("rgba", 4);
    public static final PixelFormat BGRA = packed("bgra", 4);
    public static final PixelFormat ARGB = packed("argb", 4);

    private final String name;
    private final int planes;
    private final int chromaShiftX;
    private final int chromaShiftY;
    private final int lumaBytes;
    private final int chromaBytes;
    private final boolean luma;

    private PixelFormat(String name, int planes, int shiftX, int shiftY, int lumaBytes, int chromaBytes, boolean luma) {
        this.name = name;
        this.planes = planes;
        this.chromaShiftX = shiftX;
        this.chromaShiftY = shiftY;
        this.lumaBytes = lumaBytes;
        this.chromaBytes = chromaBytes;
        this.luma = luma;
    }

    private static PixelFormat planar(String name, int planes, int shiftX, int shiftY, int bytes) {
        return new PixelFormat(name, planes, shiftX, shiftY, bytes, bytes, true).known();
    }

    private static PixelFormat packed(String name, int bytes) {
        return new PixelFormat(name, 1, 0, 0, bytes, 0, false).known();
    }

    private PixelFormat known() {
        KNOWN.put(name, this);
        return this;
    }

    /** The format of that FFmpeg name; always the same instance for a name. */
    public static PixelFormat of(String name) {
        return KNOWN.computeIfAbsent(name, unknown -> new PixelFormat(unknown, 0, 0, 0, 0, 0, false));
    }

    /** FFmpeg's name, such as {@code yuv420p}. */
    public String name() {
        return name;
    }

    /** Whether the layout is described here; if not, only its name is known. */
    public boolean described() {
        return planes > 0;
    }

    /** The number of planes; 0 when not described. */
    public int planes() {
        return planes;
    }

    /** Whether plane 0 holds brightness alone, one value a pixel of {@link #bytesPerPixel} bytes. */
    public boolean luma() {
        return luma;
    }

    /** Bytes from one pixel to the next in plane 0. */
    public int bytesPerPixel() {
        return lumaBytes;
    }

    /** Bytes of picture in a row of the plane, without padding. */
    public int rowBytes(int plane, int width) {
        return plane == 0 ? width * lumaBytes : ((width + (1 << chromaShiftX) - 1) >> chromaShiftX) * chromaBytes;
    }

    /** Rows in the plane. */
    public int rows(int plane, int height) {
        return plane == 0 ? height : (height + (1 << chromaShiftY) - 1) >> chromaShiftY;
    }

    @Override
    public String toString() {
        return name;
    }
}
