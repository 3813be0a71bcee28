/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.felix.utils.properties.InterpolationHelper;
import org.apache.felix.utils.properties.TypedProperties;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationPlugin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A pipeline file, read as File Install reads it: Java properties with typed values and {@code ${...}} replaced, in UTF-8.
 * Secrets are filled in as Config Admin does it, by its plugins.
 *
 * @param name of the pipeline
 * @param definition its keys and values
 */
record PipelineFile(String name, Map<String, String> definition) {

    private static final Pattern NAME = Pattern.compile("io\\.levada\\.pipeline-([a-z][a-z0-9-]*)\\.(?:cfg|config)");

    /** In bytes; a larger one is not read. */
    static final int LARGEST = 1 << 20;

    /** The pipeline's name if the file is named as a pipeline file must be. */
    static Optional<String> nameIn(Path file) {
        var matcher = NAME.matcher(String.valueOf(file.getFileName()));
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Templates are checked with what is made of them. */
    static boolean isTemplate(Path file) {
        return String.valueOf(file.getFileName()).startsWith("io.levada.template-");
    }

    /** @throws IOException saying why it can't be read */
    static PipelineFile read(Path file, BundleContext context) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(Files.isDirectory(file) ? file + " is a folder" : file + " is not there");
        }
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than " + LARGEST + " bytes, which no pipeline file is");
        }
        var values = new InterpolationHelper.BundleContextSubstitutionCallback(context);
        var properties = new TypedProperties((name, key, value) -> values.getValue(value));
        try (var reader = Files.newBufferedReader(file)) { // UTF-8, and an error for what is not
            properties.load(reader);
        }
        var processed = new Hashtable<String, Object>();
        properties.forEach((key, value) -> processed.put(key, String.valueOf(value)));
        process(processed, context);
        Map<String, String> definition = new LinkedHashMap<>();
        properties.keySet().forEach(key -> definition.put(key, String.valueOf(processed.get(key))));
        return new PipelineFile(nameIn(file).orElse("pipeline"), definition);
    }

    private static void process(Hashtable<String, Object> properties, BundleContext context) {
        var plugins =
                new ServiceTracker<ConfigurationPlugin, ConfigurationPlugin>(context, ConfigurationPlugin.class, null);
        plugins.open();
        try {
            for (var plugin : plugins.getServices(new ConfigurationPlugin[0])) {
                plugin.modifyConfiguration(null, properties);
            }
        } finally {
            plugins.close();
        }
    }
}
