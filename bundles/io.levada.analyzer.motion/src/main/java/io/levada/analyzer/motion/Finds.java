/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

/**
 * The things found in one picture, best first; one that lies within another's box is part of that. In arrays that are made
 * once.
 */
final class Finds {

    /** The most things that are told; the weakest of more are left out. */
    private static final int MOST = 32;

    private final int[] left = new int[MOST];
    private final int[] top = new int[MOST];
    private final int[] right = new int[MOST];
    private final int[] bottom = new int[MOST];
    private final float[] contrast = new float[MOST];
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int left(int index) {
        return left[index];
    }

    int top(int index) {
        return top[index];
    }

    int right(int index) {
        return right[index];
    }

    int bottom(int index) {
        return bottom[index];
    }

    /** Mean contrast, more than 1. */
    float contrast(int index) {
        return contrast[index];
    }

    void add(Blobs blob) {
        for (int i = 0; i < count; i++) {
            if (left[i] <= blob.left()
                    && top[i] <= blob.top()
                    && right[i] >= blob.right()
                    && bottom[i] >= blob.bottom()) {
                return;
            }
        }
        removeWithin(blob);
        insert(blob);
    }

    private void removeWithin(Blobs blob) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean within = left[i] >= blob.left()
                    && top[i] >= blob.top()
                    && right[i] <= blob.right()
                    && bottom[i] <= blob.bottom();
            if (!within) {
                move(i, kept++);
            }
        }
        count = kept;
    }

    private void insert(Blobs blob) {
        if (count == MOST && contrast[MOST - 1] >= blob.contrast()) {
            return;
        }
        int place = count < MOST ? count++ : MOST - 1;
        while (place > 0 && contrast[place - 1] < blob.contrast()) {
            move(place - 1, place);
            place--;
        }
        left[place] = blob.left();
        top[place] = blob.top();
        right[place] = blob.right();
        bottom[place] = blob.bottom();
        contrast[place] = blob.contrast();
    }

    private void move(int from, int to) {
        left[to] = left[from];
        top[to] = top[from];
        right[to] = right[from];
        bottom[to] = bottom[from];
        contrast[to] = contrast[from];
    }
}
