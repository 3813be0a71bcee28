/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.media.VideoFormat;
import io.levada.tensor.picture.Matrix;

/**
 * Leads from values as they are in the memory of pictures to red, green and blue from 0 to 255, or back.
 *
 * @param rows for each result what the three components are multiplied by, and what is added
 */
public record ColourMatrix(double[][] rows) {

    /** What a value of a colour difference is where there is no colour. */
    private static final int MIDDLE = 128;

    /** Pictures of brightness alone have it in all three; their other components count for nothing. */
    public static ColourMatrix toRgb(VideoFormat format, PictureLayout layout) {
        if (layout.packed()) {
            return new ColourMatrix(new double[][] {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}});
        }
        return coloured(Matrix.of(format), layout.unit(), layout.components().length == 3);
    }

    private static ColourMatrix coloured(Matrix matrix, double unit, boolean coloured) {
        double redByV = coloured ? matrix.redByV() : 0;
        double greenByU = coloured ? -matrix.greenByU() : 0;
        double greenByV = coloured ? -matrix.greenByV() : 0;
        double blueByU = coloured ? matrix.blueByU() : 0;
        return new ColourMatrix(new double[][] {
            row(matrix, unit, 0, redByV), row(matrix, unit, greenByU, greenByV), row(matrix, unit, blueByU, 0)
        });
    }

    /** The other way round: to three components of pictures, of which those of brightness alone have but the first. */
    public static ColourMatrix fromRgb(VideoFormat format, PictureLayout layout) {
        return layout.packed()
                ? toRgb(format, layout)
                : coloured(Matrix.of(format), layout.unit(), true).inverse();
    }

    /** First this, then the other. */
    public ColourMatrix then(ColourMatrix other) {
        var product = new double[3][4];
        for (int i = 0; i < 3; i++) {
            product[i][3] = other.rows[i][3];
            for (int j = 0; j < 4; j++) {
                for (int k = 0; k < 3; k++) {
                    product[i][j] += other.rows[i][k] * rows[k][j];
                }
            }
        }
        return new ColourMatrix(product);
    }

    /** The three results. */
    public double[] of(double first, double second, double third) {
        var results = new double[3];
        for (int i = 0; i < 3; i++) {
            results[i] = rows[i][0] * first + rows[i][1] * second + rows[i][2] * third + rows[i][3];
        }
        return results;
    }

    private ColourMatrix inverse() {
        var inverse = new double[3][4];
        double determinant = 0;
        for (int i = 0; i < 3; i++) {
            determinant += rows[0][i] * cofactor(0, i);
        }
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                inverse[i][j] = cofactor(j, i) / determinant;
                inverse[i][3] -= inverse[i][j] * rows[j][3];
            }
        }
        return new ColourMatrix(inverse);
    }

    private double cofactor(int i, int j) {
        double[] above = rows[(i + 1) % 3];
        double[] below = rows[(i + 2) % 3];
        return above[(j + 1) % 3] * below[(j + 2) % 3] - above[(j + 2) % 3] * below[(j + 1) % 3];
    }

    private static double[] row(Matrix matrix, double unit, double byU, double byV) {
        double base = -matrix.black() * matrix.gain() - MIDDLE * (byU + byV);
        return new double[] {matrix.gain() * unit, byU * unit, byV * unit, base};
    }
}
