/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.template.Templates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns about files that are meant to be pipelines and, by their names, are none. File Install makes a configuration of each
 * file, whatever its name, and nobody asks for this one.
 */
@Component(service = ConfigurationListener.class, immediate = true)
public final class MisnamedPipelines implements ConfigurationListener {

    private static final Logger LOG = LoggerFactory.getLogger(MisnamedPipelines.class);

    /** As much of a pipeline's PID as is still there in most of what people mistype. */
    private static final String ALMOST = "io.levada.pipel";

    private static final Pattern STAGE_TYPE = Pattern.compile("[a-z][a-z0-9-]*\\.type");

    private final ConfigurationAdmin configurations;

    /** How often a configuration had been changed when it was last warned about. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    @Activate
    public MisnamedPipelines(@Reference ConfigurationAdmin configurations) {
        this.configurations = configurations;
        look("(" + PipelineFiles.FILE + "=*)");
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getType() == ConfigurationEvent.CM_UPDATED) {
            look("(&(" + PipelineFiles.FILE + "=*)(service.pid=" + event.getPid() + "))");
        } else if (event.getType() == ConfigurationEvent.CM_DELETED) {
            told.remove(event.getPid());
        }
    }

    private void look(String filter) {
        try {
            var found = configurations.listConfigurations(filter);
            for (var configuration : found == null ? new Configuration[0] : found) {
                look(configuration);
            }
        } catch (IOException | InvalidSyntaxException | IllegalStateException | IllegalArgumentException e) {
            LOG.debug("The names of the files of {} can't be looked at: {}", filter, e.getMessage());
        }
    }

    private void look(Configuration configuration) {
        var kind = Optional.ofNullable(configuration.getFactoryPid()).orElseGet(configuration::getPid);
        var properties = configuration.getProperties();
        boolean factory = configuration.getFactoryPid() != null;
        if (!isMeantAsOne(kind, factory, keys(properties))) {
            return;
        }
        long change = configuration.getChangeCount();
        var before = told.put(configuration.getPid(), change);
        if (before == null || before != change) {
            LOG.warn(warning(Path.of(URI.create(String.valueOf(properties.get(PipelineFiles.FILE))))));
        }
    }

    /**
     * Whether a configuration that is no pipeline looks like one: nearly by its PID, or by the types of its stages.
     *
     * @param kind the factory PID, or else the PID
     */
    static boolean isMeantAsOne(String kind, boolean factory, Set<String> keys) {
        if (factory && (kind.equals(Wiring.PID) || kind.equals(Templates.PID))) {
            return false;
        }
        return kind.toLowerCase(Locale.ROOT).startsWith(ALMOST)
                || keys.stream().anyMatch(STAGE_TYPE.asMatchPredicate());
    }

    static String warning(Path file) {
        return "%s is taken for no pipeline: the file of a pipeline is called %s-NAME.cfg; rename it to %s"
                .formatted(file, Wiring.PID, file.resolveSibling(Wiring.PID + "-" + name(file) + ".cfg"));
    }

    /** What is left as the pipeline's name when all that belongs to the PID is taken off; NAME if nothing is. */
    private static String name(Path file) {
        var name = file.getFileName()
                .toString()
                .toLowerCase(Locale.ROOT)
                .replaceFirst("\\.(cfg|config)$", "")
                .replaceFirst("^(io\\.)?(levada\\.)?(pipel[a-z]*)?", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceFirst("^[-0-9]+", "")
                .replaceFirst("-$", "");
        return name.isEmpty() ? "NAME" : name;
    }

    private static Set<String> keys(Dictionary<String, Object> properties) {
        var keys = new TreeSet<String>();
        properties.keys().asIterator().forEachRemaining(keys::add);
        return keys;
    }
}
