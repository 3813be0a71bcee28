/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.regex.Pattern;
import org.slf4j.Marker;

/** Drops one message of one logger, which tells as a fault what is none. Who debugs that logger sees it. */
public final class KnownFilter extends TurboFilter {

    private String logger = "";
    private Pattern message = Pattern.compile("(?!)");

    /** A part of the logger's name. */
    public void setLogger(String part) {
        logger = part;
    }

    /** What the whole message is, as a regular expression. */
    public void setMessage(String expression) {
        message = Pattern.compile(expression, Pattern.DOTALL);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger from, Level level, String format, Object[] parameters, Throwable error) {
        boolean known = format != null
                && from.getEffectiveLevel().isGreaterOrEqual(Level.INFO)
                && from.getName().contains(logger)
                && message.matcher(format).matches();
        return known ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
