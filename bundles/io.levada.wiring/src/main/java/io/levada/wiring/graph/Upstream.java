/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Request;

/** What an input sees of the node it takes from; any thread. */
interface Upstream {

    /** Whether its content comes at its own pace. */
    boolean live();

    /** Whether it is at work, so that something can be expected of it. */
    boolean running();

    /** Whether it sleeps, as nobody needs it, so that nothing is to be waited for. */
    default boolean asleep() {
        return false;
    }

    /** Asks something of it or of what is upstream of it. */
    void request(Request request);
}
