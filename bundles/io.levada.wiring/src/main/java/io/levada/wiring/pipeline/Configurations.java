/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.definition.Text;
import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.template.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configurations that the wiring looks up: node-wide parameters of stage types, and what stands in a pipeline's file. */
final class Configurations {

    private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);

    private final ConfigurationAdmin configurations;

    Configurations(ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    /** Parameters as text, secrets filled in; empty when nothing is configured. */
    Map<String, String> of(String pid) {
        return find(pid)
                .map(found -> Text.of(found.getProcessedProperties(null)))
                .orElse(Map.of());
    }

    /** A configuration as its file says it: secrets are still placeholders. Empty when it is gone already. */
    Map<String, String> unprocessed(String pid) {
        try {
            return find(pid).map(found -> Text.of(found.getProperties())).orElse(Map.of());
        } catch (IllegalStateException deleted) {
            return Map.of();
        }
    }

    /** A configuration that there is, if it is as wanted: its properties with secrets filled in. */
    Optional<Dictionary<String, Object>> find(String pid, Predicate<Configuration> wanted) {
        try {
            return find(pid).filter(wanted).map(found -> found.getProcessedProperties(null));
        } catch (IllegalStateException deleted) {
            return Optional.empty();
        }
    }

    /** Whether a configuration that has the PID of a factory's is none of the factory. */
    static boolean stray(Configuration configuration) {
        return configuration.getFactoryPid() == null;
    }

    /** The name of the file that a configuration came from. */
    static Optional<String> file(Dictionary<String, ?> properties) {
        return PipelineFiles.of(properties).map(file -> file.getFileName().toString());
    }

    /**
     * Forgets configurations whose file was deleted while the node was down: File Install only sees what is deleted under its
     * eyes. Before anybody takes configurations.
     *
     * @param forgotten takes the PID of each
     */
    void forgetDeletedFiles(Consumer<String> forgotten) {
        try {
            var found = configurations.listConfigurations("(" + PipelineFiles.FILE + "=*)");
            for (var configuration : found == null ? new Configuration[0] : found) {
                var file = PipelineFiles.of(configuration.getProperties());
                if (file.isPresent() && Files.notExists(file.get())) {
                    LOG.info("{} is gone, and its configuration with it", file.get());
                    var pid = configuration.getPid();
                    configuration.delete();
                    forgotten.accept(pid);
                }
            }
        } catch (IOException | InvalidSyntaxException | IllegalArgumentException e) {
            LOG.warn("The configurations can't be held against their files: {}", e.getMessage());
        }
    }

    /**
     * Brings pipelines and templates up to what was written into their files while the node was down, so that none is started
     * by what it was before. Before anybody takes configurations.
     *
     * @param changed takes the PID, keys and values, and the file of each
     */
    void readFiles(PipelineFiles files, Changed changed) {
        try {
            var found = configurations.listConfigurations("(&(" + PipelineFiles.FILE + "=*)(|(service.factoryPid="
                    + Wiring.PID + ")(service.factoryPid=" + Templates.PID + ")))");
            for (var configuration : found == null ? new Configuration[0] : found) {
                readFile(configuration, files, changed);
            }
        } catch (IOException | InvalidSyntaxException e) {
            LOG.warn("The configurations can't be held against their files: {}", e.getMessage());
        }
    }

    private static void readFile(Configuration configuration, PipelineFiles files, Changed changed) {
        var before = configuration.getProperties();
        try {
            var file = PipelineFiles.of(before).orElseThrow();
            var text = files.read(file);
            if (text.isEmpty()) {
                return;
            }
            var now = files.parse(text.get());
            if (!now.keys().equals(Text.of(before))) {
                var properties = now.properties();
                properties.put(PipelineFiles.FILE, before.get(PipelineFiles.FILE));
                changed.from(configuration.getPid(), now.keys(), file);
                configuration.update(properties);
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} stays as it was: {}", before.get(PipelineFiles.FILE), e.getMessage());
        }
    }

    /** Takes what a file says. */
    @FunctionalInterface
    interface Changed {
        void from(String pid, Map<String, String> keys, Path file);
    }

    private Optional<Configuration> find(String pid) {
        try {
            var found = configurations.listConfigurations("(service.pid=" + pid + ")");
            return found == null ? Optional.empty() : Optional.of(found[0]);
        } catch (IOException | InvalidSyntaxException e) {
            LOG.warn("The configuration {} can't be read: {}", pid, e.getMessage());
            return Optional.empty();
        }
    }
}
