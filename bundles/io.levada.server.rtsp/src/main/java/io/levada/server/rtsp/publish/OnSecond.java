/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

/** What becomes of a publisher that comes while there is one. */
public enum OnSecond {
    /** It has to go. */
    REFUSE,
    /** The one before has to go. */
    REPLACE
}
