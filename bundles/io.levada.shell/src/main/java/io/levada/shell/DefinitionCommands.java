/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Definitions;
import io.levada.api.pipeline.InvalidDefinitionException;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.State;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The Gogo commands that change what pipelines are. Like {@link Commands}, they give text back or throw. */
@Component(
        service = DefinitionCommands.class,
        property = {
            "osgi.command.scope=levada",
            "osgi.command.function=apply",
            "osgi.command.function=delete",
            "osgi.command.function=text"
        })
public final class DefinitionCommands {

    private static final Duration STARTING = Duration.ofSeconds(10);
    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final String ORIGIN = "shell";

    private final Path home;
    private final Definitions definitions;
    private final Pipelines pipelines;

    @Activate
    public DefinitionCommands(
            BundleContext context, @Reference Definitions definitions, @Reference Pipelines pipelines) {
        this(Path.of(Optional.ofNullable(context.getProperty("levada.home")).orElse("")), definitions, pipelines);
    }

    /** For tests. */
    DefinitionCommands(Path home, Definitions definitions, Pipelines pipelines) {
        this.home = home.toAbsolutePath();
        this.definitions = definitions;
        this.pipelines = pipelines;
    }

    @Descriptor(
            "applies a file io.levada.pipeline-NAME.cfg to the pipeline of that name, if it is fine; a new pipeline is made")
    public String apply(@Descriptor("the file; a relative path is relative to the node's home") String file) {
        var path = home.resolve(file).normalize();
        return apply(
                PipelineFile.nameIn(path)
                        .orElseThrow(
                                () -> new CommandFailed(
                                        path.getFileName()
                                                + " names no pipeline; call it io.levada.pipeline-NAME.cfg, or say levada:apply NAME FILE")),
                file);
    }

    @Descriptor("applies a file to a pipeline, if it is fine; a new pipeline is made")
    public String apply(
            @Descriptor("the pipeline's name") String pipeline,
            @Descriptor("the file; a relative path is relative to the node's home") String file) {
        try {
            definitions.apply(pipeline, read(home.resolve(file).normalize()), ORIGIN);
            return told(pipeline);
        } catch (InvalidDefinitionException e) {
            throw new CommandFailed(pipeline + " was not changed\n"
                    + CheckText.lines(e.problems()).stripTrailing());
        } catch (IOException e) {
            throw new CommandFailed("can't apply " + file + " to " + pipeline + ": " + e.getMessage());
        }
    }

    private static String read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(Files.isDirectory(path) ? path + " is a folder" : path + " is not there");
        }
        if (Files.size(path) > PipelineFile.LARGEST) {
            throw new IOException(path + " is larger than any pipeline file");
        }
        try {
            return Files.readString(path);
        } catch (MalformedInputException e) {
            throw new IOException(path + " is not text in UTF-8", e);
        }
    }

    /** What became of it, once it is no longer being set up. */
    private String told(String pipeline) {
        long until = System.nanoTime() + STARTING.toNanos();
        var status = status(pipeline);
        while (status.state() == State.STARTING && System.nanoTime() < until) {
            LockSupport.parkNanos(this, PERIOD.toNanos());
            status = status(pipeline);
        }
        return PipelineText.of(status, Instant.now()).stripTrailing();
    }

    private PipelineStatus status(String pipeline) {
        return pipelines
                .pipeline(pipeline)
                .orElseThrow(() -> new CommandFailed(pipeline + " was removed by somebody else just now"));
    }

    @Descriptor("removes a pipeline and its file; levada:rollback brings it back")
    public String delete(@Descriptor("the pipeline's name") String pipeline) {
        try {
            definitions.remove(pipeline, ORIGIN);
            return pipeline + " is removed; its revisions are kept, see levada:revisions " + pipeline;
        } catch (IOException | NoSuchElementException e) {
            throw new CommandFailed("can't remove " + pipeline + ": " + e.getMessage());
        }
    }

    @Descriptor("shows the file of a pipeline, passwords as stars")
    public String text(@Descriptor("the pipeline's name") String pipeline) {
        try {
            return definitions
                    .text(pipeline)
                    .orElseThrow(() -> new CommandFailed(
                            "there is no pipeline " + pipeline + " (levada:pipelines shows the pipelines)"))
                    .stripTrailing();
        } catch (IOException e) {
            throw new CommandFailed("can't read the file of " + pipeline + ": " + e.getMessage());
        }
    }
}
