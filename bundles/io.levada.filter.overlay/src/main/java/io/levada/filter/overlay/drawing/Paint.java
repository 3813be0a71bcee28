/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A colour.
 *
 * @param rgb {@code 0xRRGGBB}, full range
 */
record Paint(int rgb) {

    static final Paint BLACK = new Paint(0);
    static final Paint WHITE = new Paint(0xFFFFFF);

    private static final Map<String, Integer> NAMES = new TreeMap<>(Map.of(
            "black", 0x000000,
            "white", 0xFFFFFF,
            "red", 0xFF2020,
            "green", 0x20E020,
            "blue", 0x3060FF,
            "yellow", 0xFFE000,
            "orange", 0xFF9000,
            "cyan", 0x00E0E0,
            "magenta", 0xFF30FF));

    /** @throws StageException listing the names, for what is neither a name nor {@code #RRGGBB} */
    static Paint of(String text) throws StageException {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (NAMES.containsKey(name)) {
            return new Paint(NAMES.get(name));
        }
        if (name.matches("#[0-9a-f]{6}")) {
            return new Paint(Integer.parseInt(name.substring(1), 16));
        }
        throw StageException.invalid("'" + text + "' is no colour")
                .parameter("color")
                .remedy("write #RRGGBB or one of " + String.join(", ", NAMES.keySet()));
    }

    int red() {
        return rgb >> 16 & 255;
    }

    int green() {
        return rgb >> 8 & 255;
    }

    int blue() {
        return rgb & 255;
    }

    /** Black or white, whichever can be read on it. */
    Paint text() {
        return 0.299 * red() + 0.587 * green() + 0.114 * blue() > 110 ? BLACK : WHITE;
    }

    /** Y, Cb and Cr of 8 bits in the format's matrix (BT.709 or BT.601) and range. */
    int[] yuv(VideoFormat format) {
        boolean full =
                format.colorRange().equals("pc") || format.pixelFormat().name().startsWith("yuvj");
        boolean hd =
                format.colorSpace().equals("bt709") || format.colorSpace().equals("unknown") && format.height() >= 720;
        double kr = hd ? 0.2126 : 0.299;
        double kb = hd ? 0.0722 : 0.114;
        double luma = (kr * red() + (1 - kr - kb) * green() + kb * blue()) / 255;
        double cb = (blue() / 255.0 - luma) / (2 * (1 - kb));
        double cr = (red() / 255.0 - luma) / (2 * (1 - kr));
        return new int[] {
            (int) Math.round(full ? 255 * luma : 16 + 219 * luma),
            (int) Math.min(255, Math.round(128 + (full ? 255 : 224) * cb)),
            (int) Math.min(255, Math.round(128 + (full ? 255 : 224) * cr))
        };
    }
}
