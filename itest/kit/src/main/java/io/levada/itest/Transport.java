/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.util.Locale;

/** How RTP comes to a player. */
public enum Transport {
    UDP,
    TCP;

    /** As the players' options have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
