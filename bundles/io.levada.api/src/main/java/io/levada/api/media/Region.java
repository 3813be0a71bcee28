/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * Something found in a picture. Coordinates are parts of the picture's width and height, so that they stay right when it is
 * scaled: (0, 0) is the top left corner, (1, 1) the bottom right.
 *
 * @param label what it is: {@code motion}, {@code car}
 * @param score how sure the analyzer is, 0 to 1
 * @param x left edge
 * @param y top edge
 * @param width of the box
 * @param height of the box
 */
public record Region(String label, double score, double x, double y, double width, double height) {}
