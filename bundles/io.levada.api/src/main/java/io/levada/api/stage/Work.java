/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/** What a stage's calls spend their time on; it decides which threads run them. */
public enum Work {
    /** Microseconds of computing: routing, headers, handing on to a network thread. */
    LIGHT,
    /** Computing that fills a core: codecs, analysis on the CPU. */
    HEAVY,
    /** Waiting: disk, network, a device. */
    BLOCKING
}
