/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

/** A picture by its pixels. */
@FunctionalInterface
public interface Picture {

    /** The colour at a place as {@code 0xRRGGBB}; (0, 0) is the top left corner. */
    int rgb(int x, int y);
}
