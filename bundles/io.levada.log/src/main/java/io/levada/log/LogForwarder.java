/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.log;

import java.util.ArrayDeque;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Forwards each entry of the OSGi log to slf4j, once, under the logger's or else the bundle's name. */
@Component(
        immediate = true,
        service = {})
public final class LogForwarder implements LogListener {

    private final LogReaderService reader;
    private long last = -1;

    @Activate
    public LogForwarder(@Reference LogReaderService reader) {
        this.reader = reader;
        forwardHistory();
    }

    @Deactivate
    void deactivate() {
        reader.removeLogListener(this);
    }

    /** Under the lock, so that an entry that comes in meanwhile waits behind the older ones. */
    private synchronized void forwardHistory() {
        reader.addLogListener(this);
        var history = new ArrayDeque<LogEntry>();
        for (var entries = reader.getLog(); entries.hasMoreElements(); ) {
            history.push(entries.nextElement());
        }
        history.forEach(this::logged);
    }

    @Override
    public synchronized void logged(LogEntry entry) {
        if (entry.getSequence() <= last) {
            return;
        }
        last = entry.getSequence();
        var level = level(entry);
        var logger = LoggerFactory.getLogger(name(entry));
        var refused = RefusedFile.message(name(entry), entry.getMessage(), entry.getException());
        if (refused.isPresent()) {
            logger.warn(refused.get());
        } else if (logger.isEnabledForLevel(level)) {
            logger.atLevel(level).setCause(entry.getException()).log(entry.getMessage());
        }
    }

    /** Every start of a bundle and every service is an entry: news for nobody but who debugs. */
    private static Level level(LogEntry entry) {
        var level =
                switch (entry.getLogLevel()) {
                    case AUDIT, INFO -> Level.INFO;
                    case ERROR -> Level.ERROR;
                    case WARN -> Level.WARN;
                    case DEBUG -> Level.DEBUG;
                    case TRACE -> Level.TRACE;
                };
        boolean event = entry.getLoggerName().startsWith("Events.");
        return event && level == Level.INFO ? Level.DEBUG : level;
    }

    private static String name(LogEntry entry) {
        var logger = entry.getLoggerName();
        boolean generic = logger.isEmpty() || logger.equals("LogService");
        return generic && entry.getBundle() != null ? entry.getBundle().getSymbolicName() : logger;
    }
}
