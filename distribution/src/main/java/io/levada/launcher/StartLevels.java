/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

/**
 * The order in which a node comes up, and in reverse goes down: what others build on, Levada's bundles with the stages,
 * the wiring, and last File Install, so that pipelines find their stages and close before these are gone.
 */
final class StartLevels {

    static final int LEVADA = 20;
    static final int ALL = 40;

    private static final int INFRASTRUCTURE = 10;
    private static final int WIRING = 30;

    private StartLevels() {}

    static int of(String symbolicName) {
        return switch (symbolicName) {
            case "org.apache.felix.fileinstall" -> ALL;
            case "io.levada.wiring" -> WIRING;
            default -> symbolicName.startsWith("io.levada.") ? LEVADA : INFRASTRUCTURE;
        };
    }
}
