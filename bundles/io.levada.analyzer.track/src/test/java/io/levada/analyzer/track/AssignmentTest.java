/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

    private final Assignment assignment = new Assignment();

    private int[] pair(double least, double[]... worth) {
        int columns = worth.length == 0 ? 0 : worth[0].length;
        return Arrays.copyOf(
                assignment.pair(worth.length, columns, least, (row, column) -> worth[row][column]), worth.length);
    }

    @Test
    void theSumCountsNotTheBestPair() {
        double[][] worth = {{0.9, 0.8}, {0.8, 0.1}};
        assertArrayEquals(new int[] {1, 0}, pair(0.05, worth));
    }

    @Test
    void whatIsWorthTooLittleStaysAlone() {
        double[][] worth = {{0.1, 0.7}, {0.15, 0.6}};
        assertArrayEquals(new int[] {1, -1}, pair(0.2, worth));
    }

    @Test
    void moreRowsThanColumnsAndNoneAtAll() {
        assertArrayEquals(new int[] {-1, 0, -1}, pair(0.2, new double[][] {{0.3}, {0.9}, {0.4}}));
        assertArrayEquals(new int[] {-1}, pair(0.2, new double[][] {{}}));
        assertArrayEquals(new int[] {}, pair(0.2));
    }

    @Test
    void noneIsBetterThanTheBestOfAllPermutations() {
        var random = new Random(42);
        for (int round = 0; round < 2000; round++) {
            double[][] worth = new double[random.nextInt(6)][random.nextInt(6)];
            for (var row : worth) {
                Arrays.setAll(row, i -> random.nextInt(20) / 20.0);
            }
            int[] pairs = pair(0.3, worth);
            double sum = 0;
            boolean[] taken = new boolean[6];
            for (int row = 0; row < worth.length; row++) {
                if (pairs[row] >= 0) {
                    assertTrue(worth[row][pairs[row]] >= 0.3, "a pair below the limit");
                    assertTrue(!taken[pairs[row]], "a column twice");
                    taken[pairs[row]] = true;
                    sum += worth[row][pairs[row]];
                }
            }
            assertEquals(best(worth, 0, new boolean[6]), sum, 1e-9);
        }
    }

    private static double best(double[][] worth, int row, boolean[] taken) {
        if (row == worth.length) {
            return 0;
        }
        double best = best(worth, row + 1, taken);
        for (int column = 0; column < worth[row].length; column++) {
            if (!taken[column] && worth[row][column] >= 0.3) {
                taken[column] = true;
                best = Math.max(best, worth[row][column] + best(worth, row + 1, taken));
                taken[column] = false;
            }
        }
        return best;
    }
}
