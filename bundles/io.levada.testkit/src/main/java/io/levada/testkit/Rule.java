/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

/**
 * One rule of the stage contract and how it is tried.
 *
 * @param name short, for the report
 * @param contract what the contract says
 * @param check tries it; whatever it throws means that the rule is broken
 */
record Rule(String name, String contract, Check check) {

    /** Tries a rule on new instances of a stage. */
    @FunctionalInterface
    interface Check {
        void on(Trial trial) throws Exception;
    }
}
