/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * A place in a picture, in parts of its width and height: (0, 0) is the top left corner, (1, 1) the bottom right.
 *
 * @param x from the left
 * @param y from the top
 */
public record Point(double x, double y) {}
