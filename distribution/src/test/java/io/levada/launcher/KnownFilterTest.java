/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the log's configuration as it is distributed. */
class KnownFilterTest {

    private static final String FILE_INSTALL = "LogService.org.apache.felix.fileinstall";
    private static final String NOT_WRITEABLE = "File is not writeable: /opt/levada/etc/io.levada.pipeline-a.cfg";

    @TempDir
    Path folder;

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void configure() throws Exception {
        context.putProperty("levada.log", folder.toString());
        context.putProperty("levada.console.level", "OFF");
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("src/main/etc/logback.xml").toFile());
        log.start();
        context.getLogger("ROOT").addAppender(log);
    }

    @AfterEach
    void close() {
        context.stop();
    }

    @Test
    void whatIsNoFaultIsNotTold() {
        context.getLogger(FILE_INSTALL).warn(NOT_WRITEABLE);
        context.getLogger("org.apache.felix.configadmin")
                .error("Configuration io.levada.pipeline~b referred to by factory io.levada.pipeline does not exist");
        assertEquals(List.of(), said());
    }

    @Test
    void whatElseTheSameLoggerSaysIsTold() {
        context.getLogger(FILE_INSTALL).warn("another warning");
        context.getLogger("org.example").warn(NOT_WRITEABLE);
        assertEquals(List.of("another warning", NOT_WRITEABLE), said());
    }

    @Test
    void whoDebugsTheLoggerSeesAll() {
        context.getLogger(FILE_INSTALL).setLevel(Level.DEBUG);
        context.getLogger(FILE_INSTALL).warn(NOT_WRITEABLE);
        assertEquals(List.of(NOT_WRITEABLE), said());
    }

    private List<String> said() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
