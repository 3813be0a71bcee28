/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.definition.Reference;
import io.levada.wiring.definition.StageDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether what stages put out and what others take can meet, as far as it can be told before anything runs. */
final class PortCheck {

    private final StageCatalog types;
    private final Map<String, Set<Port>> outputs = new HashMap<>();

    /** @param definition without a cycle */
    PortCheck(StageCatalog types, PipelineDefinition definition) {
        this.types = types;
        for (var stage : definition.stages().values()) { // producers come first
            outputs.put(stage.name(), outputs(stage));
        }
    }

    /** What can't be among the inputs of a stage. */
    List<Finding> findings(StageDefinition stage, List<StageTypeEntry> providers) {
        var findings = new ArrayList<Finding>();
        for (int i = 0; i < stage.from().size(); i++) {
            var wanted = new LinkedHashSet<Port>();
            for (var provider : providers) {
                wanted.addAll(provider.portsAt(i));
            }
            var problem = wanted.isEmpty() ? "" : problem(stage, stage.from().get(i), wanted);
            if (!problem.isEmpty()) {
                findings.add(Finding.invalid(stage.name() + ".from", problem));
            }
        }
        return findings;
    }

    /** Empty for none. */
    private String problem(StageDefinition stage, Reference reference, Set<Port> wanted) {
        var offered = offered(reference);
        if (offered.isEmpty()) {
            return nothing(reference);
        }
        var fitting = offered.stream()
                .filter(port -> wanted.stream().anyMatch(port::carries))
                .toList();
        if (fitting.isEmpty()) {
            return reference + " carries " + words(offered, Port::toString) + ", " + stage.type() + " takes "
                    + words(wanted, Port::toString) + remedy(offered, wanted);
        }
        boolean comes =
                fitting.stream().anyMatch(port -> wanted.stream().anyMatch(port::meets) || comesOver(port, wanted));
        return comes
                ? ""
                : reference + " carries " + words(fitting, Port::located) + ", " + stage.type() + " takes "
                        + words(wanted, Port::located) + "; " + Transfers.remedy(types, fitting.get(0));
    }

    /** Whether a stage that is put in between brings it, or one that may still be installed. */
    private boolean comesOver(Port port, Set<Port> wanted) {
        return types.providers(Transfers.role(port)).isEmpty() || Transfers.reach(types, port, wanted);
    }

    private String nothing(Reference reference) {
        var all = outputs.get(reference.stage());
        return all.isEmpty()
                ? reference.stage() + " puts out nothing that could be taken"
                : reference.stage() + " has no track " + reference.track().orElse("") + "; it carries "
                        + words(all, Port::toString);
    }

    private static String remedy(Collection<Port> offered, Collection<Port> wanted) {
        if (offered.stream().noneMatch(port -> wanted.stream().anyMatch(port::kindMeets))) {
            var kinds = wanted.stream().map(Port::kind).distinct().toList();
            return "; take from a stage or track that carries " + String.join(" or ", kinds);
        }
        if (all(offered, "packet") && all(wanted, "frame")) {
            return "; put a decoder in between";
        }
        return all(offered, "frame") && all(wanted, "packet") ? "; put an encoder in between" : "";
    }

    private static boolean all(Collection<Port> ports, String type) {
        return ports.stream().allMatch(port -> port.type().equals(type));
    }

    private static String words(Collection<Port> ports, Function<Port, String> word) {
        return ports.stream().map(word).distinct().collect(Collectors.joining(" or "));
    }

    /** What a reference can carry. */
    private Set<Port> offered(Reference reference) {
        var ports = reference.pipeline().isPresent()
                ? Set.of(Port.ANY)
                : outputs.getOrDefault(reference.stage(), Set.of(Port.ANY));
        if (reference.track().isEmpty()) {
            return ports;
        }
        String kind = reference.track().get().replaceAll("[0-9]+$", "");
        return ports.stream()
                .map(port -> port.kind().equals("*") ? port.withKind(kind) : port)
                .filter(port -> port.kind().equals(kind))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Set<Port> outputs(StageDefinition stage) {
        var providers = types.providers(stage);
        if (providers.isEmpty()) {
            return Set.of(Port.ANY);
        }
        var input =
                stage.from().isEmpty() ? Set.of(Port.ANY) : offered(stage.from().get(0));
        var outputs = new LinkedHashSet<Port>();
        for (var provider : providers) {
            for (var port : provider.emittedPorts()) {
                if (port.type().equals("same")) {
                    input.forEach(in -> outputs.addAll(taken(in, provider.portsAt(0))));
                } else if (port.kind().equals("*")) {
                    input.forEach(in -> outputs.add(port.withKind(in.kind())));
                } else {
                    outputs.add(port);
                }
            }
        }
        return outputs;
    }

    /** As what a stage gets it: where it is, if it takes it there, else where it is brought; as it is, if it can't take it. */
    private static List<Port> taken(Port in, List<Port> accepted) {
        var here = accepted.stream().filter(in::meets).map(in::in).toList();
        var brought = accepted.stream().filter(in::carries).map(in::in).toList();
        return here.isEmpty() && brought.isEmpty() ? List.of(in) : here.isEmpty() ? brought : here;
    }
}
