/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import java.util.Arrays;

/**
 * The scene as it is when nothing moves, cell by cell: its brightness and how much that varies by itself. What differs by
 * more than the threshold and the cell's own noise is foreground; the scene is learned where nothing is in front of it, and
 * what stays in front of it for long becomes part of it.
 *
 * <p>Foreground alone is not motion: someone who stands still, or the place where something stood, differs from the scene
 * but does not change. So each cell also remembers when it changed last.
 */
final class Background {

    /** Deviations of a cell's own noise that are not yet foreground. */
    private static final float NOISES = 4;

    /** What is in front of the scene for so many times the learning time becomes part of it. */
    private static final double PATIENCE = 3;

    /** More foreground than this part of the picture is a cut or a moved camera. */
    private static final float CUT = 0.7f;

    /** Seconds at first in which the scene is learned and nothing is found. */
    private static final double WARM_UP = 0.5;

    /** A shadow leaves at least this part of the light, and does so evenly: neighbours differ by less than the other. */
    private static final float SHADOW = 0.6f;

    private static final float EVEN = 0.08f;

    private static final float LONG_AGO = 1e9f;

    private final int columns;
    private final Exposure exposure = new Exposure();
    private final float[] scene;
    private final float[] noise;
    private final float[] ratio;
    private final float[] ratioBefore;
    private final float[] sinceScene;
    private final float[] sinceChange;
    private final float[] contrast;
    private final boolean[] foreground;
    private double age;

    Background(int columns, int rows) {
        this.columns = columns;
        int cells = columns * rows;
        scene = new float[cells];
        noise = new float[cells];
        ratio = new float[cells];
        ratioBefore = new float[cells];
        sinceScene = new float[cells];
        sinceChange = new float[cells];
        contrast = new float[cells];
        foreground = new boolean[cells];
        forget();
    }

    /** Begins anew with the next picture. */
    void forget() {
        age = -1;
    }

    /** Cells that differ from the scene. */
    boolean[] foreground() {
        return foreground;
    }

    /** By how much of its threshold a cell differs; more than 1 is foreground. */
    float[] contrast() {
        return contrast;
    }

    /** Seconds since a cell changed from one picture to the next. */
    float[] sinceChange() {
        return sinceChange;
    }

    /**
     * Takes the next picture.
     *
     * @param luma brightness of the cells
     * @param seconds since the picture before
     * @param threshold least difference in brightness that counts
     * @param learning seconds in which the scene is learned
     * @return whether anything can be told: not in the beginning, nor after a cut
     */
    boolean update(float[] luma, double seconds, float threshold, double learning) {
        if (age < 0) {
            start(luma, threshold);
            return false;
        }
        age += seconds;
        exposure.measure(luma, scene, foreground);
        compare(luma, (float) seconds, threshold);
        if (mark() > CUT * luma.length) {
            start(luma, threshold);
            return false;
        }
        // at first every picture counts alike, later the last `learning` seconds do
        float rate = (float) (seconds / Math.max(seconds, Math.min(age, learning)));
        learn(luma, (float) seconds, rate, (float) (PATIENCE * learning));
        return age >= WARM_UP;
    }

    private void start(float[] luma, float threshold) {
        age = 0;
        System.arraycopy(luma, 0, scene, 0, luma.length);
        Arrays.fill(ratioBefore, 1);
        Arrays.fill(noise, threshold / NOISES / 2);
        Arrays.fill(sinceChange, LONG_AGO);
        Arrays.fill(sinceScene, 0);
        Arrays.fill(foreground, false);
    }

    private void compare(float[] luma, float seconds, float threshold) {
        for (int i = 0; i < luma.length; i++) {
            float expected = scene[i] * exposure.factor(scene[i]);
            float limit = Math.max(threshold, NOISES * noise[i]);
            contrast[i] = Math.abs(luma[i] - expected) / limit;
            ratio[i] = (luma[i] + 1) / (expected + 1);
            boolean changed = Math.abs(ratio[i] - ratioBefore[i]) * expected > limit;
            sinceChange[i] = changed ? 0 : sinceChange[i] + seconds;
            ratioBefore[i] = ratio[i];
        }
    }

    /** How many cells are foreground. */
    private int mark() {
        int count = 0;
        for (int i = 0; i < contrast.length; i++) {
            foreground[i] = contrast[i] > 1 && !(ratio[i] < 1 && ratio[i] > SHADOW && even(i));
            count += foreground[i] ? 1 : 0;
        }
        return count;
    }

    /** Whether the cell's neighbours are darkened by about as much as it is. */
    private boolean even(int cell) {
        int column = cell % columns;
        return (column == 0 || near(cell, cell - 1))
                && (column == columns - 1 || near(cell, cell + 1))
                && (cell < columns || near(cell, cell - columns))
                && (cell + columns >= ratio.length || near(cell, cell + columns));
    }

    private boolean near(int one, int other) {
        return Math.abs(ratio[one] - ratio[other]) < EVEN;
    }

    private void learn(float[] luma, float seconds, float rate, float patience) {
        for (int i = 0; i < luma.length; i++) {
            sinceScene[i] = foreground[i] ? sinceScene[i] + seconds : 0;
            float difference = luma[i] / exposure.factor(scene[i]) - scene[i];
            if (!foreground[i]) {
                scene[i] += rate * difference;
                noise[i] += rate * (1.25f * Math.abs(difference) - noise[i]); // a deviation is 1.25 mean differences
            } else if (sinceScene[i] > patience) {
                scene[i] += rate * difference;
            }
        }
    }
}
