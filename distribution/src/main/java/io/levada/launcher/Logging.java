/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Files;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The node's log by logback, as {@code etc/logback.xml} says, from the first line on. What uses java.util.logging goes
 * there too; what bundles tell the OSGi log does by the bundle io.levada.log.
 */
final class Logging {

    private Logging() {}

    static void configure(Home home, DataDirectory data, Terminal terminal) {
        var context = context();
        context.reset();
        context.putProperty("levada.log", data.log().toString());
        context.putProperty("levada.console.level", terminal.attached() ? "INFO" : "OFF");
        context.putProperty("levada.console.clear", terminal.clearLine());
        var file = home.etc().resolve("logback.xml");
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            if (!Files.isReadable(file)) {
                throw new LauncherException("the log's configuration " + file + " is missing or not readable");
            }
            configurator.doConfigure(file.toFile());
        } catch (JoranException e) {
            throw new LauncherException("the log's configuration " + file + " is not valid: " + e.getMessage(), e);
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Writes out what is still on its way. */
    static void close() {
        context().stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
