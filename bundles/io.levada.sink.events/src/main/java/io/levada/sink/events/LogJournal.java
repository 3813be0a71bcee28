/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the node's log, under the stage's name. */
final class LogJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.events");

    private final String stage;

    LogJournal(String stage) {
        this.stage = stage;
    }

    @Override
    public void append(ByteBuffer line) {
        if (LOG.isInfoEnabled()) {
            LOG.info(
                    "{} {}",
                    stage,
                    StandardCharsets.UTF_8.decode(line).toString().stripTrailing());
        }
    }

    @Override
    public void force() {
        // the log sees to it
    }

    @Override
    public void close() {
        // nothing is held
    }
}
