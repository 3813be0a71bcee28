/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** Which versions of a bundle a stage may come from: {@code version = 1.2} (1.2 and all 1.2.x) or a range {@code [1.0,2.0)}. */
public final class VersionPin {

    private VersionPin() {}

    /** @throws IllegalArgumentException saying what it can be */
    static VersionRange parse(String text) {
        try {
            if (text.startsWith("[") || text.startsWith("(")) {
                return new VersionRange(text.replace(" ", ""));
            }
            var lowest = Version.parseVersion(text);
            var next =
                    switch (text.split("\\.").length) {
                        case 1 -> new Version(lowest.getMajor() + 1, 0, 0);
                        case 2 -> new Version(lowest.getMajor(), lowest.getMinor() + 1, 0);
                        case 3 -> new Version(lowest.getMajor(), lowest.getMinor(), lowest.getMicro() + 1);
                        default -> lowest;
                    };
            char end = next.equals(lowest) ? VersionRange.RIGHT_CLOSED : VersionRange.RIGHT_OPEN;
            return new VersionRange(VersionRange.LEFT_CLOSED, lowest, next, end);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a version such as 1.2 nor a range such as [1.0,2.0)");
        }
    }

    /** Whether the version will do; for a pin that can't be read, which is told elsewhere, every one. */
    static boolean admits(String text, Version version) {
        try {
            return parse(text).includes(version);
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
