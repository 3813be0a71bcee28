/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Revision;
import io.levada.api.pipeline.Revisions;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The Gogo commands about what pipelines ran by. Like {@link Commands}, they give text back or throw. */
@Component(
        service = RevisionCommands.class,
        property = {
            "osgi.command.scope=levada",
            "osgi.command.function=revisions",
            "osgi.command.function=diff",
            "osgi.command.function=rollback",
            "osgi.command.function=export"
        })
public final class RevisionCommands {

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Revisions revisions;

    public RevisionCommands() {}

    /** For tests. */
    RevisionCommands(Revisions revisions) {
        this.revisions = revisions;
    }

    private Revisions kept() {
        return Optional.ofNullable(revisions)
                .orElseThrow(
                        () -> new CommandFailed(
                                "no revisions: the bundle io.levada.wiring does not run (felix:lb shows it, the log says why)"));
    }

    private List<Revision> all(String pipeline) {
        var all = kept().list(pipeline);
        if (all.isEmpty()) {
            throw new CommandFailed("no revision of a pipeline " + pipeline
                    + " is kept; one is made when a definition of it runs (levada:pipelines shows the pipelines)");
        }
        return all;
    }

    private int newest(String pipeline) {
        var all = all(pipeline);
        return all.get(all.size() - 1).number();
    }

    private <T> T asked(String pipeline, Function<Revisions, T> question) {
        all(pipeline);
        try {
            return question.apply(kept());
        } catch (NoSuchElementException e) {
            throw new CommandFailed(e.getMessage());
        }
    }

    @Descriptor("shows the definitions that a pipeline ran by, the newest last: when, from where, what was changed")
    public String revisions(@Descriptor("the pipeline's name") String pipeline) {
        return RevisionText.of(all(pipeline), ZoneId.systemDefault()).stripTrailing();
    }

    @Descriptor("shows what the newest revision of a pipeline changed")
    public String diff(@Descriptor("the pipeline's name") String pipeline) {
        var all = all(pipeline);
        return RevisionText.changes(all.get(all.size() - 1).changes()).stripTrailing();
    }

    @Descriptor("shows what is different in the newest revision of a pipeline")
    public String diff(
            @Descriptor("the pipeline's name") String pipeline,
            @Descriptor("the number of the revision to start from") int from) {
        return diff(pipeline, from, newest(pipeline));
    }

    @Descriptor("shows what is different in a revision of a pipeline")
    public String diff(
            @Descriptor("the pipeline's name") String pipeline,
            @Descriptor("the number of the revision to start from") int from,
            @Descriptor("the number of the revision to come to") int to) {
        return RevisionText.changes(asked(pipeline, kept -> kept.diff(pipeline, from, to)))
                .stripTrailing();
    }

    @Descriptor("makes a revision the pipeline's configuration again, and writes it to its file")
    public String rollback(
            @Descriptor("the pipeline's name") String pipeline,
            @Descriptor("the number of the revision; levada:revisions shows them") int number) {
        return asked(pipeline, kept -> {
            try {
                kept.rollback(pipeline, number);
                return pipeline + " is configured by revision " + number + " again; levada:pipelines " + pipeline
                        + " shows how it does";
            } catch (IOException e) {
                throw new CommandFailed("the configuration of " + pipeline + " can't be stored: " + e.getMessage());
            }
        });
    }

    @Descriptor("shows the newest revision of a pipeline as a pipeline file")
    public String export(@Descriptor("the pipeline's name") String pipeline) {
        return export(pipeline, newest(pipeline));
    }

    @Descriptor("shows a revision of a pipeline as a pipeline file")
    public String export(
            @Descriptor("the pipeline's name") String pipeline,
            @Descriptor("the number of the revision; levada:revisions shows them") int number) {
        return asked(pipeline, kept -> kept.export(pipeline, number)).stripTrailing();
    }
}
