/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private long nanos;

    @BeforeEach
    void configure() {
        var filter = new RepeatFilter(() -> nanos);
        filter.setLogger("noisy");
        filter.setSeconds(60);
        context.addTurboFilter(filter);
        log.start();
        context.getLogger("ROOT").addAppender(log);
        context.getLogger("ROOT").setLevel(Level.INFO);
    }

    @Test
    void theSameWarningIsLoggedOnceUntilItsTimeIsOver() {
        var logger = context.getLogger("noisy.Plugin");
        logger.warn("there is no {}", "a");
        logger.warn("there is no {}", "a");
        logger.warn("there is no {}", "b");
        assertEquals(List.of("there is no a", "there is no b"), said());
        nanos = TimeUnit.SECONDS.toNanos(60);
        logger.warn("there is no {}", "a");
        assertEquals(List.of("there is no a", "there is no b", "there is no a"), said());
    }

    @Test
    void whetherALevelIsOnDoesNotCountAsSaid() {
        var logger = context.getLogger("noisy.Plugin");
        assertEquals(true, logger.isWarnEnabled());
        logger.debug("there it is");
        logger.setLevel(Level.DEBUG);
        logger.debug("there it is");
        assertEquals(List.of("there it is"), said());
    }

    @Test
    void otherLoggersMayRepeatThemselves() {
        var logger = context.getLogger("io.levada.pipeline");
        logger.warn("lobby RETRYING");
        logger.warn("lobby RETRYING");
        assertEquals(2, said().size());
    }

    private List<String> said() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
