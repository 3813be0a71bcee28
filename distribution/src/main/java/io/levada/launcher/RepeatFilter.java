/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Marker;

/** Drops what a logger says again, word by word, within some time. For those that warn at every look at the same thing. */
public final class RepeatFilter extends TurboFilter {

    private static final int REMEMBERED = 100;

    private final LongSupplier nanoTime;
    private final Map<List<?>, Long> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<?>, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    private String logger = "";
    private long nanos = TimeUnit.MINUTES.toNanos(1);

    public RepeatFilter() {
        this(System::nanoTime);
    }

    RepeatFilter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The prefix of the names of the loggers that are meant. */
    public void setLogger(String prefix) {
        logger = prefix;
    }

    /** How long it keeps quiet. */
    public void setSeconds(long seconds) {
        nanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger from, Level level, String format, Object[] parameters, Throwable error) {
        // Without a format somebody only asks whether the level is on.
        if (format == null || !from.getName().startsWith(logger) || !level.isGreaterOrEqual(from.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        return again(List.of(from.getName(), level, format, Arrays.deepToString(parameters)))
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    private synchronized boolean again(List<?> message) {
        long now = nanoTime.getAsLong();
        var before = said.get(message);
        if (before != null && now - before < nanos) {
            return true;
        }
        said.put(message, now);
        return false;
    }
}
