/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import java.util.Arrays;

/**
 * Connected areas of cells. Cells count as connected when at most one cell lies between them, so that a car does not fall
 * into pieces at its windows. All arrays are made once.
 */
final class Blobs {

    private static final int REACH = 2;

    private final int columns;
    private final int rows;
    private final boolean[] visited;
    private final int[] stack;

    private int cells;
    private int left;
    private int top;
    private int right;
    private int bottom;
    private float contrast;
    private int changed;
    private int oldest;

    /** Told of each area that is found; {@link Blobs} has its figures during the call. */
    @FunctionalInterface
    interface Visitor {
        void found(Blobs blob);
    }

    Blobs(int columns, int rows) {
        this.columns = columns;
        this.rows = rows;
        visited = new boolean[columns * rows];
        stack = new int[columns * rows];
    }

    /** Cells in the area. */
    int cells() {
        return cells;
    }

    int left() {
        return left;
    }

    int top() {
        return top;
    }

    /** The column behind the last one. */
    int right() {
        return right;
    }

    /** The row behind the last one. */
    int bottom() {
        return bottom;
    }

    /** Mean contrast of its cells. */
    float contrast() {
        return contrast / cells;
    }

    /** How many of its cells have changed lately. */
    int changed() {
        return changed;
    }

    /** For how many pictures the longest-marked of its cells has been marked. */
    int oldest() {
        return oldest;
    }

    /**
     * Visits all areas of marked cells.
     *
     * @param marks for how many pictures a cell has been marked; 0 for one that is not
     * @param recent seconds within which a change is a late one
     */
    void visit(int[] marks, float[] contrasts, float[] sinceChange, float recent, Visitor visitor) {
        Arrays.fill(visited, false);
        for (int i = 0; i < marks.length; i++) {
            if (marks[i] > 0 && !visited[i]) {
                grow(i, marks, contrasts, sinceChange, recent);
                visitor.found(this);
            }
        }
    }

    private void grow(int start, int[] marks, float[] contrasts, float[] sinceChange, float recent) {
        cells = 0;
        contrast = 0;
        changed = 0;
        oldest = 0;
        left = columns;
        top = rows;
        right = 0;
        bottom = 0;
        int depth = 0;
        stack[depth++] = start;
        visited[start] = true;
        while (depth > 0) {
            int cell = stack[--depth];
            int x = cell % columns;
            int y = cell / columns;
            cells++;
            contrast += contrasts[cell];
            changed += sinceChange[cell] <= recent ? 1 : 0;
            oldest = Math.max(oldest, marks[cell]);
            left = Math.min(left, x);
            top = Math.min(top, y);
            right = Math.max(right, x + 1);
            bottom = Math.max(bottom, y + 1);
            for (int ny = Math.max(0, y - REACH); ny <= Math.min(rows - 1, y + REACH); ny++) {
                for (int nx = Math.max(0, x - REACH); nx <= Math.min(columns - 1, x + REACH); nx++) {
                    int next = ny * columns + nx;
                    if (marks[next] > 0 && !visited[next]) {
                        visited[next] = true;
                        stack[depth++] = next;
                    }
                }
            }
        }
    }
}
