/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import io.levada.api.media.Gap;
import io.levada.api.media.StreamItem;
import java.util.ArrayDeque;

/**
 * What a link's ring has no cell for: markers, and whatever one call emits beyond the limit of a blocking link. It comes
 * after all that is in the ring, and while it holds something nothing is put into the ring. Rare, so it may lock.
 */
final class Overflow {

    private final ArrayDeque<StreamItem> items = new ArrayDeque<>(0);
    private volatile boolean empty = true;

    boolean isEmpty() {
        return empty;
    }

    /** Producer. A gap that follows a gap becomes one with it, so that a consumer that hangs does not fill the memory. */
    synchronized void add(StreamItem item) {
        if (item instanceof Gap later && items.peekLast() instanceof Gap earlier) {
            items.removeLast();
            items.add(new Gap(earlier.pts(), later.pts() + later.duration() - earlier.pts()));
        } else {
            items.add(item);
        }
        empty = false;
    }

    /** Consumer. */
    synchronized StreamItem poll() {
        var item = items.poll();
        empty = items.isEmpty();
        return item;
    }
}
