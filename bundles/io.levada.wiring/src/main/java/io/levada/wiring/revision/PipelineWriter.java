/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.file.PipelineText;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Writes a pipeline's definition: the file first, which is what counts after a restart, then the configuration that it runs
 * by. Not for one pipeline by two threads at once.
 */
public final class PipelineWriter {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final ConfigurationAdmin configurations;
    private final PipelineFiles files;
    private final Origins origins;

    PipelineWriter(ConfigurationAdmin configurations, PipelineFiles files, Origins origins) {
        this.configurations = configurations;
        this.files = files;
        this.origins = origins;
    }

    /** What is configured for a pipeline; empty when there is none of that name. */
    public Optional<Configuration> configured(String pipeline) throws IOException {
        if (!NAME.matcher(pipeline).matches()) {
            return Optional.empty(); // and it is no filter either
        }
        try {
            var found = configurations.listConfigurations("(service.pid=" + PipelineFiles.PID + "~" + pipeline + ")");
            return found == null ? Optional.empty() : Optional.of(found[0]);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Makes a text a pipeline's definition; a new pipeline when there is none of that name.
     *
     * @param words where it comes from, for the revision
     * @return completes when the pipeline has looked at it
     */
    public Origins.Origin write(String pipeline, PipelineText text, String words) throws IOException {
        var configuration = configured(pipeline);
        var file = configuration
                .flatMap(known -> PipelineFiles.of(known.getProperties()))
                .orElseGet(() -> files.path(pipeline));
        files.write(file, text.text());
        var properties = text.properties();
        properties.put(PipelineFiles.FILE, PipelineFiles.key(file));
        var origin = origins.announce(pipeline, text.keys(), words);
        (configuration.isPresent()
                        ? configuration.get()
                        : configurations.getFactoryConfiguration(PipelineFiles.PID, pipeline, "?"))
                .update(properties);
        return origin;
    }
}
