/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.Transfers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which of the types that can fill a node's role are tried, in which order, and why one is at work: those that {@code prefer}
 * names, then hardware, then the highest ranked; last who failed, and whose output a consumer could not be brought. Used in the
 * node's turns alone.
 */
final class RoleChoice {

    private final StageNode node;
    /** Who failed at work, and why. */
    private final Map<StageTypeEntry, String> failed = new LinkedHashMap<>();
    /** Those that could not do it when the role was filled last: when the one at work fails, they are no way out. */
    private final Set<StageTypeEntry> unfit = new HashSet<>();
    /** What was said of others, since the role was filled last. */
    private final List<String> notes = new ArrayList<>();

    private String reason = "";

    RoleChoice(StageNode node) {
        this.node = node;
    }

    /** Why the one at work is; empty for one that is no role's. */
    String reason() {
        return reason;
    }

    /** Another codec, or another definition: what was is no guide to what will be. */
    void forget() {
        failed.clear();
        unfit.clear();
        notes.clear();
        reason = "";
    }

    List<StageTypeEntry> candidates(InputPort port, Format format) {
        notes.clear();
        unfit.clear();
        var preferred = preferred();
        var in = Port.of(format);
        var obstacles = new LinkedHashMap<StageTypeEntry, String>();
        var candidates = new ArrayList<StageTypeEntry>();
        for (var entry : node.engine().types().providers(node.definition())) {
            var accepted = entry.portsAt(port.reference());
            if (accepted.isEmpty() || accepted.stream().anyMatch(in::carries)) {
                candidates.add(entry);
                obstacle(entry, port, in).ifPresent(why -> obstacles.put(entry, why));
            } else {
                unfit.add(entry);
            }
        }
        if (failed.keySet().containsAll(candidates)) {
            failed.clear(); // all over again
        }
        unfit.addAll(obstacles.keySet());
        failed.forEach((entry, why) -> notes.add(entry.name() + " failed: " + why));
        if (obstacles.size() < candidates.size()) {
            obstacles.forEach((entry, why) -> notes.add("not " + entry.name() + ": " + why));
        }
        candidates.sort(Comparator.<StageTypeEntry>comparingInt(entry -> obstacles.containsKey(entry) ? 1 : 0)
                .thenComparingInt(entry -> failed.containsKey(entry) ? 1 : 0)
                .thenComparingInt(entry -> {
                    int at = preferred.indexOf(entry.name());
                    return at < 0 ? preferred.size() : at;
                })
                .thenComparingInt(entry -> entry.hardware() ? 0 : 1));
        return candidates;
    }

    private List<String> preferred() {
        return Arrays.asList(node.definition().setting("prefer", "").split("\\s*,\\s*"));
    }

    /** Why what comes in can't be brought to where it takes it, or what it puts out to where a consumer takes that. */
    private Optional<String> obstacle(StageTypeEntry entry, InputPort port, Port in) {
        var types = node.engine().types();
        if (offered(port, in)
                .noneMatch(one -> entry.takes(port.reference(), one)
                        || Transfers.reach(types, one, entry.portsAt(port.reference())))) {
            return Optional.of("it can't take " + in.located() + ", " + Transfers.remedy(types, in));
        }
        for (var emitted : entry.emittedPorts()) {
            var out = emitted.kind().equals("*") ? emitted.withKind(in.kind()) : emitted;
            for (var subscription : node.subscribers()) {
                var acceptance = subscription.consumer().ports().acceptance();
                if (!subscription.consumer().transfer()
                        && !out.type().equals("same")
                        && acceptance.way(subscription.index(), out) == Way.OVER
                        && !Transfers.reach(types, out, acceptance.ports(subscription.index()))) {
                    return Optional.of(subscription.consumer().name() + " can't take " + out.located() + ", "
                            + Transfers.remedy(types, out));
                }
            }
        }
        return Optional.empty();
    }

    /** What comes in, and how the producer puts it out: that is other memory when a transfer stage is in between now. */
    private static Stream<Port> offered(InputPort port, Port in) {
        var put = ((Subscription) port.producer())
                .producer().tracks().stream()
                        .map(OutputTrack::format)
                        .filter(Objects::nonNull)
                        .map(Port::of)
                        .filter(in::carries);
        return Stream.concat(Stream.of(in), put);
    }

    /** One was tried and can't do it. */
    void refused(StageTypeEntry entry, String why) {
        unfit.add(entry);
        notes.add("refused by " + entry.name() + " (" + why + ")");
    }

    /** It is at work. */
    void filled(StageTypeEntry entry) {
        boolean preferred = preferred().contains(entry.name());
        reason = entry.name() + " fills it" + (preferred ? ", as prefer says" : "")
                + String.join("", notes.stream().map(note -> "; " + note).toList());
    }

    /**
     * It failed at work.
     *
     * @return whether there is another that did not, and may do it as far as is known
     */
    boolean failed(StageTypeEntry entry, String why) {
        failed.put(entry, why);
        return node.engine().types().providers(node.definition()).stream()
                .anyMatch(other -> !failed.containsKey(other)
                        && !unfit.contains(other)
                        && !other.name().equals(entry.name()));
    }
}
