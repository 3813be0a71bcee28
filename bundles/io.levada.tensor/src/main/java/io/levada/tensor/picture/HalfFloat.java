/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

/** IEEE 754 binary16, which Java 17 has no conversion for. */
public final class HalfFloat {

    private HalfFloat() {}

    /** The nearest half, ties to even; infinite beyond 65504. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 0x477ff000) { // rounds to beyond the largest
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // subnormal: a multiple of 2^-24
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | rounded - 0x38000000 >>> 13);
    }

    public static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        int widened = exponent == 0x1f ? 0x7f800000 : exponent + 112 << 23;
        return Float.intBitsToFloat(sign | widened | fraction << 13);
    }
}
