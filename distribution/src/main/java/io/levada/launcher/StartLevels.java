/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

/**
 * The order in which a node comes up, and in reverse goes down: what others build on, Levada's bundles with the stages,
 * the wiring, then File Install, so that pipelines find their stages and close before these are gone. The web console is
 * last: it takes as long as all before it, while the pipelines are starting already.
 */
final class StartLevels {

    static final int LEVADA = 20;
    static final int ALL = 50;

    private static final int INFRASTRUCTURE = 10;
    private static final int WIRING = 30;
    private static final int CONFIGURATIONS = 40;

    private StartLevels() {}

    static int of(String symbolicName) {
        if (symbolicName.startsWith("org.apache.felix.http.")
                || symbolicName.startsWith("org.apache.felix.webconsole")) {
            return ALL;
        }
        return switch (symbolicName) {
            case "io.levada.console" -> ALL;
            case "org.apache.felix.fileinstall" -> CONFIGURATIONS;
            case "io.levada.wiring" -> WIRING;
            default -> symbolicName.startsWith("io.levada.") ? LEVADA : INFRASTRUCTURE;
        };
    }
}
