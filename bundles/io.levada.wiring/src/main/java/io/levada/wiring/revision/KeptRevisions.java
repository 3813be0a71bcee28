/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.api.pipeline.Revision;
import io.levada.api.pipeline.Revisions;
import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.template.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The revisions in the node's data directory, and the way back to them through Config Admin. */
@Component(service = {Revisions.class, KeptRevisions.class})
public final class KeptRevisions implements Revisions {

    /** The factory PID of pipelines. */
    private static final String PID = "io.levada.pipeline";

    private final ConfigurationAdmin configurations;
    private final PipelineFiles files;
    private final Templates templates;
    private final RevisionStore store;
    private final Origins origins = new Origins();

    @Activate
    public KeptRevisions(
            BundleContext context,
            @Reference ConfigurationAdmin configurations,
            @Reference PipelineFiles files,
            @Reference Templates templates) {
        this.configurations = configurations;
        this.files = files;
        this.templates = templates;
        this.store = new RevisionStore(directory(context));
    }

    private static Path directory(BundleContext context) {
        var data = Optional.ofNullable(context.getProperty("levada.data"))
                .map(Path::of)
                .orElseGet(() -> Path.of(Optional.ofNullable(context.getProperty("levada.home"))
                                .orElse("."))
                        .resolve("data"));
        return data.toAbsolutePath().normalize().resolve("revisions");
    }

    public RevisionStore store() {
        return store;
    }

    public Origins origins() {
        return origins;
    }

    @Override
    public List<Revision> list(String pipeline) {
        return List.copyOf(store.list(pipeline));
    }

    @Override
    public Optional<Revision> revision(String pipeline, int number) {
        return store.revision(pipeline, number).map(Revision.class::cast);
    }

    @Override
    public List<String> diff(String pipeline, int from, int to) {
        return Difference.between(
                known(pipeline, from).raw(), known(pipeline, to).raw());
    }

    @Override
    public void rollback(String pipeline, int number) throws IOException {
        var revision = known(pipeline, number);
        if (revision.removal()) {
            throw new NoSuchElementException("revision " + number + " of " + pipeline
                    + " is its removal; to remove it again, delete its file or its configuration");
        }
        var configuration = configuration(pipeline);
        var file = PipelineFiles.of(configuration.getProperties()).orElseGet(() -> files.path(pipeline));
        var keys = configured(pipeline, revision);
        files.write(file, files.parse(files.read(file).orElse("")).saying(keys));
        var properties = new Hashtable<String, Object>(keys);
        properties.put(PipelineFiles.FILE, PipelineFiles.key(file));
        origins.announce(pipeline, keys, "rollback to " + number);
        configuration.update(properties);
    }

    /** What was written then, if the template still makes the same of it; else what the template made of it. */
    private Map<String, String> configured(String pipeline, KeptRevision revision) {
        var configured = revision.configured();
        return !configured.isEmpty()
                        && templates.expand(pipeline, configured).keys().equals(revision.raw())
                ? configured
                : revision.raw();
    }

    /** A new one when the pipeline is gone. */
    private Configuration configuration(String pipeline) throws IOException {
        try {
            var found = configurations.listConfigurations("(service.pid=" + PID + "~" + pipeline + ")");
            return found == null ? configurations.getFactoryConfiguration(PID, pipeline, "?") : found[0];
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e); // names that are kept hold nothing of a filter's
        }
    }

    @Override
    public String export(String pipeline, int number) {
        return FileText.of(pipeline, known(pipeline, number));
    }

    private KeptRevision known(String pipeline, int number) {
        return store.revision(pipeline, number)
                .orElseThrow(() -> new NoSuchElementException("no revision " + number + " of " + pipeline + " is kept"
                        + store.list(pipeline).stream()
                                .map(kept -> Integer.toString(kept.number()))
                                .collect(Collectors.joining(", ", "; there are: ", ""))));
    }
}
