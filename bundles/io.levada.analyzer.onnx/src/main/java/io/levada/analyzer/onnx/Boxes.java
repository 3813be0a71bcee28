/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.Arrays;

/**
 * Boxes of one picture, in arrays that are made once: the best candidates, of which non-maximum suppression keeps one for each
 * thing. In the tensor's parts: from 0 to 1.
 */
final class Boxes {

    /** Candidates beyond it have the lowest scores; a suppression costs their square. */
    private static final int MOST_CANDIDATES = 1024;

    private int count;
    private int beyond;
    private float[] left = new float[64];
    private float[] top = new float[64];
    private float[] right = new float[64];
    private float[] bottom = new float[64];
    private float[] score = new float[64];
    private int[] kind = new int[64];
    private long[] order = new long[64];
    private boolean[] dropped = new boolean[64];

    void clear() {
        count = 0;
        beyond = 0;
    }

    /** There were so many candidates, of which the worst are left out where they are too many. */
    void candidates(int all) {
        beyond = Math.max(0, all - MOST_CANDIDATES);
    }

    /** Candidates that were left out. */
    int beyond() {
        return beyond;
    }

    /** Those that were added, best first, are the ones that stay. */
    int all() {
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return count;
    }

    void add(float x0, float y0, float x1, float y1, float certainty, int type) {
        if (count == left.length) {
            grow();
        }
        left[count] = x0;
        top[count] = y0;
        right[count] = x1;
        bottom[count] = y1;
        score[count] = certainty;
        kind[count] = type;
        count++;
    }

    private void grow() {
        int length = 2 * count;
        left = Arrays.copyOf(left, length);
        top = Arrays.copyOf(top, length);
        right = Arrays.copyOf(right, length);
        bottom = Arrays.copyOf(bottom, length);
        score = Arrays.copyOf(score, length);
        kind = Arrays.copyOf(kind, length);
        order = new long[length];
        dropped = new boolean[length];
    }

    /**
     * Class by class the best box stays, and what overlaps it by more than that goes.
     *
     * @param overlap intersection over union
     * @param most how many stay
     * @return how many stay; {@link #at} tells which, best first
     */
    int suppress(float overlap, int most) {
        for (int i = 0; i < count; i++) {
            order[i] = ((long) (Integer.MAX_VALUE - Float.floatToIntBits(score[i])) << 32) | i;
        }
        Arrays.sort(order, 0, count);
        int candidates = Math.min(count, MOST_CANDIDATES);
        candidates(count);
        Arrays.fill(dropped, 0, candidates, false);
        int kept = 0;
        for (int i = 0; i < candidates && kept < most; i++) {
            if (dropped[i]) {
                continue;
            }
            int best = (int) order[i];
            for (int j = i + 1; j < candidates; j++) {
                int other = (int) order[j];
                if (kind[other] == kind[best] && overlap(best, other) > overlap) {
                    dropped[j] = true;
                }
            }
            order[kept++] = order[i];
        }
        return kept;
    }

    private float overlap(int a, int b) {
        float width = Math.min(right[a], right[b]) - Math.max(left[a], left[b]);
        float height = Math.min(bottom[a], bottom[b]) - Math.max(top[a], top[b]);
        if (width <= 0 || height <= 0) {
            return 0;
        }
        float both = width * height;
        return both / (area(a) + area(b) - both);
    }

    private float area(int box) {
        return (right[box] - left[box]) * (bottom[box] - top[box]);
    }

    /** After {@link #suppress} or {@link #all}: the index of the box in that place. */
    int at(int place) {
        return (int) order[place];
    }

    float left(int box) {
        return left[box];
    }

    float top(int box) {
        return top[box];
    }

    float right(int box) {
        return right[box];
    }

    float bottom(int box) {
        return bottom[box];
    }

    float score(int box) {
        return score[box];
    }

    int kind(int box) {
        return kind[box];
    }
}
