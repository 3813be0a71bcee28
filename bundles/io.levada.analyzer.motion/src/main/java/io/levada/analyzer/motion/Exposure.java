/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import java.util.Arrays;

/**
 * What a cell of the known scene would look like in the picture at hand if nothing were in front of it. Clouds and a
 * camera's automatic exposure change the picture as a whole, dark parts by another factor than bright ones, and that is no
 * motion. So the cells are sorted into bands by the scene's brightness, and each band has a factor of its own, the median of
 * its cells' ratios: something that covers less than half of a band's cells does not disturb it.
 */
final class Exposure {

    /** Width of a band in steps of brightness. */
    private static final int BAND = 16;

    private static final int BANDS = 256 / BAND;

    /** Steps of the ratio from one to two. */
    private static final int STEPS = 256;

    private static final int LARGEST = 4 * STEPS;

    /** A scene darker than this says nothing about ratios. */
    private static final float DARK = 8;

    /** A band needs this part of all cells to have a say of its own. */
    private static final int LEAST = 20;

    /** How far a band may be off the whole picture's factor. */
    private static final float STRAY = 0.25f;

    private final int[][] histograms = new int[BANDS + 1][LARGEST + 1];
    private final int[] counts = new int[BANDS + 1];
    private final float[] factors = new float[BANDS];

    /** Measures, leaving out cells that something stood in front of in the picture before. */
    void measure(float[] luma, float[] scene, boolean[] foreground) {
        for (var histogram : histograms) {
            Arrays.fill(histogram, 0);
        }
        Arrays.fill(counts, 0);
        for (int i = 0; i < luma.length; i++) {
            if (!foreground[i] && scene[i] > DARK) {
                int ratio = Math.min(LARGEST, (int) (luma[i] / scene[i] * STEPS));
                // what was learned in a dark moment may be brighter than white
                int band = Math.min(BANDS - 1, (int) scene[i] / BAND);
                histograms[band][ratio]++;
                counts[band]++;
                histograms[BANDS][ratio]++;
                counts[BANDS]++;
            }
        }
        float whole = counts[BANDS] < luma.length / LEAST ? 1 : median(BANDS);
        for (int band = 0; band < BANDS; band++) {
            float factor = counts[band] < luma.length / LEAST ? whole : median(band);
            factors[band] = Math.max(whole * (1 - STRAY), Math.min(whole * (1 + STRAY), factor));
        }
    }

    private float median(int band) {
        int[] histogram = histograms[band];
        int half = counts[band] / 2;
        int below = 0;
        int bin = 0;
        while (below + histogram[bin] <= half) {
            below += histogram[bin++];
        }
        float within = (counts[band] / 2f - below) / histogram[bin];
        return (bin + within) / STEPS;
    }

    /** The factor for a scene of that brightness, between the middles of the bands in proportion. */
    float factor(float scene) {
        float place = scene / BAND - 0.5f;
        int band = (int) Math.max(0, Math.min(BANDS - 2, place));
        float part = Math.max(0, Math.min(1, place - band));
        return factors[band] + part * (factors[band + 1] - factors[band]);
    }
}
