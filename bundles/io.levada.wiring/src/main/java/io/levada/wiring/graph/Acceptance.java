/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.wiring.type.Port;
import java.util.List;

/** What the inputs of a node may carry: that of all types that it may have, or as to memory, of the one at work. Any thread. */
final class Acceptance {

    private final StageNode node;

    Acceptance(StageNode node) {
        this.node = node;
    }

    /** How what a port carries comes in; directly as long as there is nobody to say. */
    Way way(int reference, Port port) {
        var now = node.taken(reference);
        var accepted = now.stream().anyMatch(port::carries) ? now : ports(reference);
        if (accepted.isEmpty() || accepted.stream().anyMatch(port::meets)) {
            return Way.DIRECT;
        }
        return accepted.stream().anyMatch(port::carries) ? Way.OVER : Way.NONE;
    }

    /** Whether it depends on who fills the role, and is not decided yet, where the node takes it. */
    boolean open(int reference, Port port) {
        return node.implementation() == null
                && node.engine().types().providers(node.definition()).stream()
                        .map(entry -> entry.portsAt(reference))
                        .anyMatch(ports -> ports.stream().anyMatch(port::carries)
                                && ports.stream().noneMatch(port::meets));
    }

    /** For messages. */
    String words(int reference) {
        return String.join(
                " or ", ports(reference).stream().map(Port::toString).distinct().toList());
    }

    /** What all types together take that the node may have. */
    List<Port> ports(int reference) {
        return node.engine().types().providers(node.definition()).stream()
                .flatMap(entry -> entry.portsAt(reference).stream())
                .toList();
    }
}
