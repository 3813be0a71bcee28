/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import java.nio.ByteBuffer;

/**
 * From brightness and colour differences, on the scale of 0 to 255, to red, green and blue, as ITU-R BT.601, 709 and 2020
 * say; the same as {@code cpu.tensor}.
 */
record Colours(float black, float gain, float redByV, float greenByU, float greenByV, float blueByU) {

    /** From which height on a picture that does not say is taken for BT.709. */
    private static final int HIGH_DEFINITION = 720;

    static Colours of(VideoFormat format) {
        boolean full = full(format);
        return switch (format.colorSpace()) {
            case "bt709" -> of(0.2126, 0.0722, full);
            case "bt2020nc", "bt2020c" -> of(0.2627, 0.0593, full);
            case "smpte170m", "bt470bg", "bt601" -> of(0.299, 0.114, full);
            default -> format.height() < HIGH_DEFINITION ? of(0.299, 0.114, full) : of(0.2126, 0.0722, full);
        };
    }

    private static Colours of(double red, double blue, boolean full) {
        double green = 1 - red - blue;
        double swing = full ? 1 : 255.0 / 224;
        return new Colours(
                full ? 0 : 16,
                full ? 1 : 255f / 219,
                (float) (2 * (1 - red) * swing),
                (float) (2 * (1 - blue) * blue / green * swing),
                (float) (2 * (1 - red) * red / green * swing),
                (float) (2 * (1 - blue) * swing));
    }

    /** What does not say is limited, but for the formats that always are full. */
    static boolean full(VideoFormat format) {
        boolean always = format.pixelFormat() == PixelFormat.GRAY8
                || format.pixelFormat().name().startsWith("yuvj");
        return format.colorRange().equals("pc")
                || always && !format.colorRange().equals("tv");
    }

    /** Six floats, as the kernels' struct has them. */
    void write(ByteBuffer struct) {
        struct.putFloat(black)
                .putFloat(gain)
                .putFloat(redByV)
                .putFloat(greenByU)
                .putFloat(greenByV)
                .putFloat(blueByU);
    }
}
