/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The readers of one server. Each server of the node registers a service of its own; who shows readers asks all of them.
 * Thread-safe; nothing here waits, and every call returns a picture of that moment.
 */
@ConsumerType
public interface Readers {

    /** Who reads, or has asked to, the oldest first. */
    List<ReaderStatus> readers();

    /** Readers that the server ended by itself lately, as it does with one that is too slow; the newest first, in a bounded number. */
    List<EndedReader> ended();
}
