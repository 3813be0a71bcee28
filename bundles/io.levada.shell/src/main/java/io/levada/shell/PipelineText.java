/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.StageStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code levada:pipelines} shows. */
final class PipelineText {

    private PipelineText() {}

    /** All pipelines, one line each and more for what is wrong with one. */
    static String of(List<PipelineStatus> pipelines, Instant now) {
        if (pipelines.isEmpty()) {
            return "no pipelines; put a file etc/io.levada.pipeline-NAME.cfg into place to make one\n";
        }
        var table = new Table("NAME", "STATE", ">FPS", ">P99", ">READERS", ">DROPPED", "SINCE");
        for (var pipeline : pipelines) {
            table.row(
                    pipeline.name(),
                    pipeline.state(),
                    Units.rate(pipeline.framesPerSecond()),
                    Units.nanos(pipeline.latencyP99()),
                    pipeline.readers(),
                    pipeline.dropped(),
                    since(pipeline, now) + problems(pipeline));
        }
        return table.toString();
    }

    /** The first reason behind the age, others below it. */
    private static String problems(PipelineStatus pipeline) {
        String reasons = pipeline.problems().stream().map(PipelineText::problem).collect(Collectors.joining("\n"));
        return reasons.isEmpty() ? "" : "  " + reasons;
    }

    static String problem(Problem problem) {
        return (problem.key().isEmpty() ? "" : problem.key() + ": ") + problem.message();
    }

    private static String since(PipelineStatus pipeline, Instant now) {
        return Units.age(Duration.between(pipeline.since(), now));
    }

    /** One pipeline with its stages and links. */
    static String of(PipelineStatus pipeline, Instant now) {
        var text = new StringBuilder(pipeline.name())
                .append(' ')
                .append(pipeline.state())
                .append(" for ")
                .append(since(pipeline, now))
                .append('\n');
        pipeline.problems().forEach(problem -> text.append(Table.indented("  ", problem(problem))));
        if (!pipeline.stages().isEmpty()) {
            text.append('\n').append(stages(pipeline.stages()));
        }
        if (!pipeline.links().isEmpty()) {
            text.append('\n').append(links(pipeline));
        }
        return text.toString();
    }

    private static Table stages(List<StageStatus> stages) {
        var table = new Table("STAGE", "TYPE", "STATE", "OUT");
        for (var stage : stages) {
            table.row(stage.name(), type(stage), stage.state(), output(stage));
        }
        return table;
    }

    /** A role with what fills it. */
    private static String type(StageStatus stage) {
        boolean filled =
                !stage.implementation().isEmpty() && !stage.implementation().equals(stage.type());
        return filled ? stage.type() + " (" + stage.implementation() + ")" : stage.type();
    }

    private static String output(StageStatus stage) {
        String formats = stage.formats().entrySet().stream()
                .map(track -> track.getKey() + " " + track.getValue())
                .collect(Collectors.joining(", "));
        if (stage.reason().isEmpty()) {
            return formats.isEmpty() ? "-" : formats;
        }
        return formats.isEmpty() ? stage.reason() : formats + "\n" + stage.reason();
    }

    private static Table links(PipelineStatus pipeline) {
        var table = new Table("LINK", "POLICY");
        for (var link : pipeline.links()) {
            table.row(link.from() + " > " + link.to(), link.policy());
        }
        return table;
    }
}
