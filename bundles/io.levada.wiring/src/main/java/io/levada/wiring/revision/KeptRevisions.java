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
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The revisions in the node's data directory, and the way back to them through Config Admin. */
@Component(service = {Revisions.class, KeptRevisions.class})
public final class KeptRevisions implements Revisions {

    private final PipelineFiles files;
    private final Templates templates;
    private final RevisionStore store;
    private final Origins origins = new Origins();
    private final PipelineWriter writer;

    @Activate
    public KeptRevisions(
            BundleContext context,
            @Reference ConfigurationAdmin configurations,
            @Reference PipelineFiles files,
            @Reference Templates templates) {
        this.files = files;
        this.templates = templates;
        this.writer = new PipelineWriter(configurations, files, origins);
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

    public PipelineWriter writer() {
        return writer;
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
        var file = writer.configured(pipeline)
                .flatMap(known -> PipelineFiles.of(known.getProperties()))
                .orElseGet(() -> files.path(pipeline));
        var before = files.parse(files.read(file).orElse(""));
        writer.write(pipeline, files.parse(before.saying(configured(pipeline, revision))), "rollback to " + number);
    }

    /** What was written then, if the template still makes the same of it; else what the template made of it. */
    private Map<String, String> configured(String pipeline, KeptRevision revision) {
        var configured = revision.configured();
        return !configured.isEmpty()
                        && templates.expand(pipeline, configured).keys().equals(revision.raw())
                ? configured
                : revision.raw();
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
