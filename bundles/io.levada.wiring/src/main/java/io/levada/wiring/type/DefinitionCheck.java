/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Quantity;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.definition.Reference;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.link.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Checks a definition against the stage types that are there. */
public final class DefinitionCheck {

    private static final Set<String> LINK_SETTINGS = Set.of("policy", "max");
    private static final Set<String> PRIORITIES = Set.of("high", "normal", "low");

    private final StageCatalog types;
    private final PipelineDefinition definition;
    private final List<Finding> findings = new ArrayList<>();

    private DefinitionCheck(StageCatalog types, PipelineDefinition definition) {
        this.types = types;
        this.definition = definition;
    }

    /** What is wrong with it; a finding of state WAITING does not keep the rest from running. */
    public static List<Finding> check(StageCatalog types, PipelineDefinition definition) {
        var check = new DefinitionCheck(types, definition);
        check.settings("", definition.settings());
        var cycle = definition.cycle();
        if (!cycle.isEmpty()) {
            check.invalid(
                    cycle.get(0) + ".from",
                    "is a cycle: " + String.join(" -> ", cycle) + " -> " + cycle.get(0)
                            + "; a stage can't take what comes of its own output");
        }
        var ports = cycle.isEmpty() ? Optional.of(new PortCheck(types, definition)) : Optional.<PortCheck>empty();
        for (var stage : definition.stages().values()) {
            check.stage(stage, ports);
        }
        return check.findings;
    }

    private void stage(StageDefinition stage, Optional<PortCheck> ports) {
        settings(stage.name() + ".", stage.settings());
        references(stage);
        if (stage.type().isEmpty()) {
            return; // the reader has said so
        }
        var providers = types.providers(stage);
        if (providers.isEmpty()) {
            findings.add(Finding.waiting(stage.name() + ".type", types.missing(stage)));
            return;
        }
        findings.addAll(parameters(stage, providers));
        activation(stage, providers.get(0));
        inputs(stage, providers.get(0), anotherThan(stage)).ifPresent(findings::add);
        ports.ifPresent(check -> findings.addAll(check.findings(stage, providers)));
    }

    private void settings(String prefix, Map<String, String> settings) {
        duration(prefix, settings, "wait");
        duration(prefix, settings, "start-timeout");
        duration(prefix, settings, "linger");
        choice(prefix, settings, "enabled", Set.of("true", "false"));
        choice(prefix, settings, "priority", PRIORITIES);
        choice(prefix, settings, "activation", Set.of("always", "on-demand"));
        checked(prefix, settings, "restart", RestartPolicy::parse);
        checked(prefix, settings, "memory", DefinitionCheck::memory);
        checked(prefix, settings, "version", VersionPin::parse);
    }

    private static long memory(String value) {
        long bytes = Quantity.bytes(value);
        if (bytes < PipelineDefinition.LEAST_MEMORY) {
            throw new IllegalArgumentException("'" + value
                    + "' is too little for a pipeline, which holds some pictures at" + " once; give it 1 MB or more");
        }
        return bytes;
    }

    private void activation(StageDefinition stage, StageTypeEntry provider) {
        boolean onDemand = stage.setting("activation", "always").equals("on-demand");
        if (onDemand && provider.kind().equals("sink")) {
            invalid(
                    stage.name() + ".activation",
                    stage.type() + " is where a branch ends: it is what others are needed for; set on-demand for the"
                            + " stages before it");
        } else if (!onDemand && stage.settings().containsKey("linger")) {
            invalid(
                    stage.name() + ".linger",
                    "is how long a stage goes on when nobody needs it any more; write " + stage.name()
                            + ".activation = on-demand, too");
        }
    }

    private void duration(String prefix, Map<String, String> settings, String key) {
        checked(prefix, settings, key, Quantity::nanos);
    }

    private void checked(String prefix, Map<String, String> settings, String key, Consumer<String> check) {
        var value = settings.get(key);
        if (value != null) {
            try {
                check.accept(value);
            } catch (IllegalArgumentException e) {
                invalid(prefix + key, e.getMessage());
            }
        }
    }

    private void choice(String prefix, Map<String, String> settings, String key, Set<String> options) {
        var value = settings.get(key);
        if (value != null && !options.contains(value)) {
            invalid(
                    prefix + key,
                    "'" + value + "' is none of " + options.stream().sorted().collect(Collectors.joining(", "))
                            + NearMiss.hint(value, options));
        }
    }

    private void references(StageDefinition stage) {
        String key = stage.name() + ".from";
        for (var reference : stage.from()) {
            linkSettings(key, reference);
            stage.from().stream()
                    .takeWhile(earlier -> earlier != reference)
                    .filter(reference::overlaps)
                    .findFirst()
                    .ifPresent(earlier -> invalid(
                            key, "takes from " + reference.stage() + " twice: " + earlier + " and " + reference));
            if (reference.pipeline().filter(definition.name()::equals).isPresent()) {
                invalid(key, reference + " is in this very pipeline; write " + reference.stage());
            } else if (reference.pipeline().isEmpty() && !definition.stages().containsKey(reference.stage())) {
                invalid(
                        key,
                        reference.stage() + " is no stage of this pipeline"
                                + NearMiss.hint(
                                        reference.stage(), definition.stages().keySet()));
            }
        }
    }

    private void linkSettings(String key, Reference reference) {
        reference.settings().forEach((name, value) -> {
            if (!LINK_SETTINGS.contains(name)) {
                findings.add(
                        Finding.unknown(key, "a link has no " + name, name, LINK_SETTINGS, "links have: max, policy"));
            } else if (name.equals("policy") && Policy.of(value).isEmpty()) {
                var words = Arrays.stream(Policy.values()).map(Policy::word).toList();
                invalid(
                        key,
                        "'" + value + "' is no policy; it is one of " + String.join(", ", words)
                                + NearMiss.hint(value, words));
            } else if (name.equals("max") && !LinkSize.valid(value)) {
                invalid(
                        key,
                        "max=" + value
                                + " is neither a number of samples, a duration nor a size, such as 8, 2 s or 64 MB");
            }
        });
    }

    /** What is wrong with one stage for itself, when its type turns up after its definition was checked. */
    public static List<Finding> late(StageDefinition stage, StageTypeEntry provider) {
        var findings = parameters(stage, List.of(provider));
        inputs(stage, provider, "cam").ifPresent(findings::add);
        return findings;
    }

    /** What is wrong with the parameters of one stage, given who may provide its type. */
    private static List<Finding> parameters(StageDefinition stage, List<StageTypeEntry> providers) {
        var findings = new ArrayList<Finding>();
        var known = new TreeMap<String, Parameter>();
        var extras = new TreeSet<String>();
        for (var provider : providers) {
            provider.checkedParameters().forEach(parameter -> known.putIfAbsent(parameter.name(), parameter));
            extras.addAll(provider.extras());
        }
        stage.parameters().forEach((name, value) -> {
            var parameter = known.get(name);
            if (parameter != null) {
                parameter
                        .problem(value)
                        .ifPresent(problem -> findings.add(Finding.invalid(stage.name() + "." + name, problem)));
            } else if (extras.stream().noneMatch(name::startsWith)) {
                var all = new LinkedHashSet<String>(known.keySet());
                all.addAll(StageDefinition.SETTINGS);
                findings.add(Finding.unknown(
                        stage.name() + "." + name,
                        "unknown parameter",
                        name,
                        all,
                        stage.type() + " has: "
                                + (known.isEmpty() ? "none of its own" : String.join(", ", known.keySet()))));
            }
        });
        for (var parameter : known.values()) {
            if (!stage.parameters().containsKey(parameter.name()) && required(parameter.name(), providers)) {
                findings.add(Finding.invalid(
                        stage.name() + "." + parameter.name(),
                        "is required by " + stage.type()
                                + (parameter.description().isEmpty() ? "" : ": " + parameter.description())));
            }
        }
        return findings;
    }

    /** By all that may take the role: what only one of them needs is for that one to say. */
    private static boolean required(String parameter, List<StageTypeEntry> providers) {
        return providers.stream().allMatch(provider -> provider.checkedParameters().stream()
                .anyMatch(one -> one.name().equals(parameter) && one.required()));
    }

    /** @param example a stage it could take from */
    private static Optional<Finding> inputs(StageDefinition stage, StageTypeEntry provider, String example) {
        String key = stage.name() + ".from";
        int inputs = stage.from().size();
        boolean source = provider.kind().equals("source");
        String need = ": " + stage.type() + " needs an input, such as " + key + " = " + example;
        String problem = "";
        if (source && inputs > 0) {
            problem = stage.type() + " is a source and takes no input; remove the line";
        } else if (!source && !stage.settings().containsKey("from")) {
            problem = "is missing" + need;
        } else if (!source && inputs == 0) {
            problem = "names no stage" + need;
        } else if (inputs > 1
                && !provider.many()
                && !provider.alternatives()
                && provider.joinedPorts().isEmpty()) {
            problem = stage.type() + " takes one input, not " + inputs;
        }
        return problem.isEmpty() ? Optional.empty() : Optional.of(Finding.invalid(key, problem));
    }

    private String anotherThan(StageDefinition stage) {
        return definition.stages().keySet().stream()
                .filter(name -> !name.equals(stage.name()))
                .findFirst()
                .orElse("cam");
    }

    private void invalid(String key, String message) {
        findings.add(Finding.invalid(key, message));
    }
}
