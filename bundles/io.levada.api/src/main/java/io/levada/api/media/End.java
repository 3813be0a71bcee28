/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/** The track has ended; nothing follows on this link. */
public record End() implements Marker {

    /** The one that everybody sends. */
    public static final End END = new End();
}
