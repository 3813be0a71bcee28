/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import java.util.Arrays;

/**
 * Pairs rows with columns so that the sum of what the pairs are worth is greatest; what is worth less than a limit is no pair.
 * It is the method of shortest augmenting paths (Jonker and Volgenant 1987; Crouse 2016), which takes at most the third power
 * of the numbers. Its arrays are kept, and grow with what is asked.
 */
final class Assignment {

    private static final int NONE = -1;

    /** Dearer than any pair that is allowed. */
    private static final double ALONE = 1;

    private double[] costs = new double[0];
    private double[] rowPrice = new double[0];
    private double[] columnPrice = new double[0];
    private double[] shortest = new double[0];
    private int[] columnOf = new int[0];
    private int[] rowOf = new int[0];
    private int[] before = new int[0];
    private boolean[] done = new boolean[0];
    private int columns;
    private int all;

    /** What a pair is worth, from 0 to 1. */
    @FunctionalInterface
    interface Worth {
        double of(int row, int column);
    }

    /** @return the column of each row, negative for none; valid until the next call */
    int[] pair(int rows, int columns, double least, Worth worth) {
        this.columns = columns;
        all = columns + rows; // each row may stay alone, in a column of its own
        prepare(rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = worth.of(row, column);
                costs[row * columns + column] = value >= least ? 1 - value : Double.POSITIVE_INFINITY;
            }
        }
        for (int row = 0; row < rows; row++) {
            augment(row);
        }
        for (int row = 0; row < rows; row++) {
            columnOf[row] = columnOf[row] < columns ? columnOf[row] : NONE;
        }
        return columnOf;
    }

    private void prepare(int rows) {
        if (costs.length < rows * columns) {
            costs = new double[rows * columns];
        }
        if (columnOf.length < rows) {
            rowPrice = new double[rows];
            columnOf = new int[rows];
        }
        if (rowOf.length < all) {
            columnPrice = new double[all];
            shortest = new double[all];
            rowOf = new int[all];
            before = new int[all];
            done = new boolean[all];
        }
        Arrays.fill(rowPrice, 0);
        Arrays.fill(columnPrice, 0);
        Arrays.fill(columnOf, NONE);
        Arrays.fill(rowOf, NONE);
    }

    private double cost(int row, int column) {
        if (column < columns) {
            return costs[row * columns + column];
        }
        return column - columns == row ? ALONE : Double.POSITIVE_INFINITY;
    }

    /** Gives one more row a column, moving others to where that costs least in all. */
    private void augment(int start) {
        Arrays.fill(shortest, Double.POSITIVE_INFINITY);
        Arrays.fill(done, false);
        int row = start;
        double length = 0;
        int last = NONE;
        while (last == NONE) {
            int next = relax(row, length);
            length = shortest[next];
            done[next] = true;
            if (rowOf[next] == NONE) {
                last = next;
            } else {
                row = rowOf[next];
            }
        }
        price(start, length);
        int column = last;
        do {
            row = before[column];
            rowOf[column] = row;
            int left = columnOf[row];
            columnOf[row] = column;
            column = left;
        } while (row != start);
    }

    /** Goes on from a row; the nearest column that is not done. */
    private int relax(int row, double length) {
        int next = NONE;
        for (int column = 0; column < all; column++) {
            if (done[column]) {
                continue;
            }
            double reached = length + cost(row, column) - rowPrice[row] - columnPrice[column];
            if (reached < shortest[column]) {
                shortest[column] = reached;
                before[column] = row;
            }
            if (next == NONE || shortest[column] < shortest[next]) {
                next = column;
            }
        }
        return next;
    }

    private void price(int start, double length) {
        rowPrice[start] += length;
        for (int column = 0; column < all; column++) {
            if (done[column]) {
                double rest = length - shortest[column];
                columnPrice[column] -= rest;
                if (rowOf[column] != NONE) {
                    rowPrice[rowOf[column]] += rest;
                }
            }
        }
    }
}
