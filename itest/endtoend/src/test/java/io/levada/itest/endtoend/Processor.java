/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

/**
 * The machine's processors as what tests share: those that watch streams in real time read it, all at once; one that works
 * as hard as it can writes it, and has the machine for itself.
 */
final class Processor {

    static final String ALL_OF_IT = "processor";

    private Processor() {}
}
