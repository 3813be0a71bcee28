/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;

/** From brightness and colour differences (on the scale of 0 to 255) to red, green and blue, as ITU-R BT.601, 709 and 2020 say. */
final class Matrix {

    /** From which height on a picture that does not say is taken for BT.709. */
    private static final int HIGH_DEFINITION = 720;

    private final float black;
    private final float gain;
    private final float redByV;
    private final float greenByU;
    private final float greenByV;
    private final float blueByU;

    private Matrix(double red, double blue, boolean full) {
        double green = 1 - red - blue;
        double swing = full ? 1 : 255.0 / 224;
        black = full ? 0 : 16;
        gain = full ? 1 : 255f / 219;
        redByV = (float) (2 * (1 - red) * swing);
        blueByU = (float) (2 * (1 - blue) * swing);
        greenByU = (float) (2 * (1 - blue) * blue / green * swing);
        greenByV = (float) (2 * (1 - red) * red / green * swing);
    }

    static Matrix of(VideoFormat format) {
        boolean full = full(format);
        return switch (format.colorSpace()) {
            case "bt709" -> new Matrix(0.2126, 0.0722, full);
            case "bt2020nc", "bt2020c" -> new Matrix(0.2627, 0.0593, full);
            case "smpte170m", "bt470bg", "bt601" -> new Matrix(0.299, 0.114, full);
            default -> format.height() < HIGH_DEFINITION
                    ? new Matrix(0.299, 0.114, full)
                    : new Matrix(0.2126, 0.0722, full);
        };
    }

    /** What does not say is limited, but for the formats that always are full. */
    static boolean full(VideoFormat format) {
        boolean always = format.pixelFormat() == PixelFormat.GRAY8
                || format.pixelFormat().name().startsWith("yuvj");
        return format.colorRange().equals("pc")
                || always && !format.colorRange().equals("tv");
    }

    /** In place: y becomes red, u green, v blue; from 0 to 255. */
    void convert(float[] y, float[] u, float[] v) {
        for (int x = 0; x < y.length; x++) {
            float bright = (y[x] - black) * gain;
            float blueness = u[x] - 128;
            float redness = v[x] - 128;
            y[x] = clamp(bright + redByV * redness);
            u[x] = clamp(bright - greenByU * blueness - greenByV * redness);
            v[x] = clamp(bright + blueByU * blueness);
        }
    }

    /** Brightness alone. */
    void convert(float[] y) {
        for (int x = 0; x < y.length; x++) {
            y[x] = clamp((y[x] - black) * gain);
        }
    }

    private static float clamp(float value) {
        return Math.min(255, Math.max(0, value));
    }
}
