/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/** Lets through to the terminal what a person there wants to see: warnings, and the states of pipelines. */
public final class ConsoleFilter extends Filter<ILoggingEvent> {

    /** The logger that tells the states of pipelines. */
    private static final String PIPELINE_STATES = "io.levada.pipeline";

    private Level level = Level.INFO;

    /** OFF when nobody reads the terminal. */
    public void setLevel(String name) {
        level = Level.toLevel(name, Level.INFO);
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean important = event.getLevel().isGreaterOrEqual(Level.WARN)
                || event.getLoggerName().startsWith(PIPELINE_STATES);
        return important && event.getLevel().isGreaterOrEqual(level) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
