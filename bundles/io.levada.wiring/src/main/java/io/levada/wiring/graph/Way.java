/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

/** How what a track carries comes into a consumer. */
enum Way {
    /** As it is. */
    DIRECT,
    /** Over a stage that brings it to other memory. */
    OVER,
    /** Not at all. */
    NONE
}
