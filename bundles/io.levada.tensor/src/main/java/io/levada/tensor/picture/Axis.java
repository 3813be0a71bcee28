/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

/**
 * Where along one axis the elements of a tensor take their values from: between which two pixels, and how much of the second.
 * The centre of element {@code i} of {@code length} lies at {@code (i + 0.5) * pixels / length - 0.5}; beyond an edge the edge's
 * pixel is taken.
 */
final class Axis {

    final int[] low;
    final int[] high;
    final float[] part;

    /**
     * @param pixels of the plane along this axis
     * @param length elements to which all of them are brought
     * @param first the first element to be made, from 0
     * @param count how many are made
     */
    Axis(int pixels, int length, int first, int count) {
        low = new int[count];
        high = new int[count];
        part = new float[count];
        for (int i = 0; i < count; i++) {
            double at = (first + i + 0.5) * pixels / length - 0.5;
            int floor = (int) Math.floor(at);
            low[i] = Math.min(pixels - 1, Math.max(0, floor));
            high[i] = Math.min(pixels - 1, Math.max(0, floor + 1));
            part[i] = (float) (at - floor);
        }
    }
}
