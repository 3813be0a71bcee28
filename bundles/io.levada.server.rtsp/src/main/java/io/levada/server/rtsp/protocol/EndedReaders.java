/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/** The last readers that the server ended. Thread-safe. */
final class EndedReaders {

    private static final int MOST = 100;

    private record Ended(ReaderStatus reader, Instant at, String reason) implements EndedReader {}

    private final ArrayDeque<EndedReader> newestFirst = new ArrayDeque<>();

    synchronized void add(ReaderStatus reader, String reason) {
        if (newestFirst.size() == MOST) {
            newestFirst.removeLast();
        }
        newestFirst.addFirst(new Ended(reader, Instant.now(), reason));
    }

    synchronized List<EndedReader> list() {
        return List.copyOf(newestFirst);
    }
}
