/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;

/** From brightness and colour differences (on the scale of 0 to 255) to red, green and blue, as ITU-R BT.601, 709 and 2020 say. */
public record Matrix(float black, float gain, float redByV, float greenByU, float greenByV, float blueByU) {

    /** From which height on a picture that does not say is taken for BT.709. */
    private static final int HIGH_DEFINITION = 720;

    public static Matrix of(VideoFormat format) {
        boolean full = full(format);
        return switch (space(format)) {
            case "bt709" -> of(0.2126, 0.0722, full);
            case "bt2020nc" -> of(0.2627, 0.0593, full);
            default -> of(0.299, 0.114, full);
        };
    }

    /** FFmpeg's name of the matrix that counts: {@code bt709}, {@code bt2020nc} or {@code smpte170m}, which is BT.601. */
    public static String space(VideoFormat format) {
        return switch (format.colorSpace()) {
            case "bt709" -> "bt709";
            case "bt2020nc", "bt2020c" -> "bt2020nc";
            case "smpte170m", "bt470bg", "bt601" -> "smpte170m";
            default -> format.height() < HIGH_DEFINITION ? "smpte170m" : "bt709";
        };
    }

    private static Matrix of(double red, double blue, boolean full) {
        double green = 1 - red - blue;
        double swing = full ? 1 : 255.0 / 224;
        return new Matrix(
                full ? 0 : 16,
                full ? 1 : 255f / 219,
                (float) (2 * (1 - red) * swing),
                (float) (2 * (1 - blue) * blue / green * swing),
                (float) (2 * (1 - red) * red / green * swing),
                (float) (2 * (1 - blue) * swing));
    }

    /** What does not say is limited, but for the formats that always are full. */
    public static boolean full(VideoFormat format) {
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
