/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The framework's properties: what the launcher decides, over it {@code levada.properties} of the configuration directory,
 * over that the system properties that {@code LEVADA_OPTS} sets.
 */
final class NodeProperties {

    /** Exported from the class path to the bundles, for those written for slf4j 2 and those for 1.7. */
    private static final String SLF4J = "org.slf4j;version=2.0.17,org.slf4j.event;version=2.0.17,"
            + "org.slf4j.helpers;version=2.0.17,org.slf4j.spi;version=2.0.17,"
            + "org.slf4j;version=1.7.36,org.slf4j.helpers;version=1.7.36";

    private NodeProperties() {}

    static Map<String, String> of(Home home, Path etc, DataDirectory data) {
        var properties = new HashMap<String, String>();
        properties.put("levada.home", home.directory().toString());
        properties.put("levada.etc", etc.toString());
        properties.put("levada.data", data.path().toString());
        properties.put("levada.version", Levada.version());
        properties.put("levada.control.socket", data.controlSocket().toString());

        properties.put("org.osgi.framework.storage", data.cache().toString());
        properties.put("org.osgi.framework.startlevel.beginning", Integer.toString(StartLevels.ALL));
        properties.put("org.osgi.framework.bsnversion", "multiple"); // a new plugin is tried beside the old one
        properties.put("org.osgi.framework.system.packages.extra", SLF4J);

        properties.put("felix.cm.dir", data.config().toString());
        properties.put("felix.cm.config.plugins", "org.apache.felix.configadmin.plugin.interpolation");
        properties.put(
                "org.apache.felix.configadmin.plugin.interpolation.secretsdir",
                etc.resolve("secrets").toString());

        properties.put("felix.fileinstall.dir", etc + "," + home.plugins());
        properties.put("felix.fileinstall.tmpdir", data.temporary().toString());
        properties.put("felix.fileinstall.filter", ".*\\.(cfg|config|jar)");
        properties.put("felix.fileinstall.log.level", "2"); // a plugin that does not resolve is a warning
        properties.put("felix.fileinstall.poll", "1000");
        properties.put("felix.fileinstall.disableNio2", "true"); // many files at once overflow it, and are never seen
        properties.put("felix.fileinstall.noInitialDelay", "true");
        properties.put("felix.fileinstall.configEncoding", "UTF-8");
        properties.put("felix.fileinstall.enableConfigSave", "false"); // io.levada.wiring does it, and not in place
        properties.put("felix.fileinstall.subdir.mode", "skip"); // etc/secrets is no bundle
        properties.put("felix.fileinstall.start.level", Integer.toString(StartLevels.LEVADA));
        properties.put("felix.fileinstall.optionalImportRefreshScope", "none"); // a refresh would restart FFmpeg
        properties.put("felix.fileinstall.fragmentRefreshScope", "none");

        properties.put("org.apache.felix.http.host", "127.0.0.1");
        properties.put("org.osgi.service.http.port", "8181");
        properties.put("org.apache.felix.http.jetty.threadpool.max", "16");
        properties.put("felix.webconsole.security.providers", "io.levada.console"); // never admin/admin

        read(etc.resolve("levada.properties")).forEach((k, v) -> properties.put(k.toString(), v.toString()));
        System.getProperties().forEach((k, v) -> properties.computeIfPresent(k.toString(), (key, old) -> v.toString()));
        HttpPort.check(properties);
        return properties;
    }

    /** Empty when there is no such file. */
    static Properties read(Path file) {
        var properties = new Properties();
        if (Files.exists(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new LauncherException(file + " can't be read: " + e.getMessage(), e);
            }
        }
        return properties;
    }
}
