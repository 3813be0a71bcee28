/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.stage.NearMiss;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The Gogo commands. Each gives its text back; what can't be done throws, so that scripts see it in the exit code. */
@Component(
        service = Commands.class,
        property = {
            "osgi.command.scope=levada",
            "osgi.command.function=pipelines",
            "osgi.command.function=stages",
            "osgi.command.function=check",
            "osgi.command.function=stats"
        })
public final class Commands {

    private final BundleContext context;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Pipelines pipelines;

    @Activate
    public Commands(BundleContext context) {
        this.context = context;
    }

    /** For tests. */
    Commands(BundleContext context, Pipelines pipelines) {
        this(context);
        this.pipelines = pipelines;
    }

    private Pipelines wiring() {
        return Optional.ofNullable(pipelines)
                .orElseThrow(
                        () -> new CommandFailed(
                                "no pipelines: the bundle io.levada.wiring does not run (felix:lb shows it, the log says why)"));
    }

    private PipelineStatus pipeline(String name) {
        return wiring().pipeline(name).orElseThrow(() -> {
            var names = wiring().pipelines().stream().map(PipelineStatus::name).toList();
            return new CommandFailed("no pipeline " + name + NearMiss.hint(name, names)
                    + (names.isEmpty() ? "; there are none" : "; there are: " + String.join(", ", names)));
        });
    }

    @Descriptor("shows all pipelines: state, pictures a second, latency, readers, drops, and what is wrong")
    public String pipelines() {
        return PipelineText.of(wiring().pipelines(), Instant.now()).stripTrailing();
    }

    @Descriptor("shows a pipeline with its stages and links")
    public String pipelines(@Descriptor("the pipeline's name") String name) {
        return PipelineText.of(pipeline(name), Instant.now()).stripTrailing();
    }

    @Descriptor("shows the stage types that can be used")
    public String stages() {
        var types = wiring().stageTypes();
        return types.isEmpty()
                ? "no stage types; no bundle with stages runs (felix:lb shows the bundles)"
                : StageText.of(types).stripTrailing();
    }

    @Descriptor("shows a stage type with its parameters")
    public String stages(@Descriptor("the type, such as source.media") String type) {
        var types = wiring().stageTypes();
        return types.stream()
                .filter(info -> info.name().equals(type))
                .findFirst()
                .map(StageText::of)
                .orElseThrow(() -> {
                    var names = StageText.names(types);
                    return new CommandFailed("no stage type " + type + NearMiss.hint(type, names) + "; there are: "
                            + String.join(", ", names));
                })
                .stripTrailing();
    }

    @Descriptor("says what would be wrong with a pipeline file, without applying it")
    public String check(@Descriptor("the file; a relative path is relative to the node's home") String file) {
        var path = home().resolve(file).normalize();
        if (PipelineFile.isTemplate(path)) {
            throw new CommandFailed(
                    path.getFileName() + " is a template; check the file of a pipeline that is made of it");
        }
        var read = read(path);
        var problems = wiring().check(read.name(), read.definition());
        if (!problems.isEmpty()) {
            throw new CommandFailed(CheckText.of(read.name(), problems).stripTrailing());
        }
        if (PipelineFile.nameIn(path).isEmpty()) {
            throw new CommandFailed("the definition is fine, but a node looks for files named"
                    + " io.levada.pipeline-NAME.cfg with a name of [a-z][a-z0-9-]*, not " + path.getFileName());
        }
        return read.name() + " is fine";
    }

    private PipelineFile read(Path path) {
        try {
            return PipelineFile.read(path, context);
        } catch (MalformedInputException e) {
            throw new CommandFailed(path + " is not text in UTF-8");
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailed("can't read " + path + ": " + e.getMessage());
        }
    }

    private Path home() {
        return Path.of(Optional.ofNullable(context.getProperty("levada.home")).orElse(""))
                .toAbsolutePath();
    }

    @Descriptor("shows the counters of all pipelines: samples, busy time, latencies, drops by cause")
    public String stats() {
        return StatsText.of(wiring().pipelines()).stripTrailing();
    }

    @Descriptor("shows the counters of a pipeline")
    public String stats(@Descriptor("the pipeline's name") String name) {
        return StatsText.of(List.of(pipeline(name))).stripTrailing();
    }
}
