/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Input;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.link.Link;
import io.levada.wiring.type.LinkSize;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageCatalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The inputs of a node: what they may carry, and the ports that tracks were linked to. */
final class Ports {

    private final StageDefinition definition;
    private final StageCatalog types;
    private final Map<Subscription, Node> producers = new LinkedHashMap<>();
    private final List<InputPort> ports = new CopyOnWriteArrayList<>();
    private final Set<OutputTrack> connected = ConcurrentHashMap.newKeySet();
    private Node[] distinctProducers = {};
    /** Whether the type has turned up, so that it is known which tracks it takes. */
    private volatile boolean decided;

    Ports(StageDefinition definition, StageCatalog types) {
        this.definition = definition;
        this.types = types;
    }

    /** Before the node starts. */
    void subscribe(StageNode consumer, Map<String, Node> others) {
        for (int i = 0; i < definition.from().size(); i++) {
            var reference = definition.from().get(i);
            var producer = others.get(reference.stage());
            var subscription = new Subscription(consumer, reference, i);
            producers.put(subscription, producer);
            producer.subscribe(subscription);
        }
        distinctProducers = producers.values().stream().distinct().toArray(Node[]::new);
    }

    /** Any thread. */
    boolean decided() {
        return decided;
    }

    /** The type is there: has the producers offer what they have, and go on if they waited for it. Any thread. */
    void decide() {
        if (!decided) {
            offerAgain();
            decided = true; // not before: who goes on finds its links made
            producers.values().forEach(Node::wakeProducer);
        }
    }

    List<InputPort> all() {
        return ports;
    }

    List<Input> inputs() {
        return ports.stream()
                .sorted(Comparator.comparingInt(InputPort::index))
                .<Input>map(port -> port)
                .toList();
    }

    /** The links into the node; any thread. */
    List<Link> links() {
        return ports.stream().map(InputPort::link).toList();
    }

    boolean live() {
        for (var producer : distinctProducers) {
            if (producer.live()) {
                return true;
            }
        }
        return false;
    }

    /** Has the producers offer their tracks once more, after a type has turned up that may take them. */
    void offerAgain() {
        producers.forEach((subscription, producer) -> producer.announceTo(subscription));
    }

    boolean accepts(int reference, Port port) {
        var accepted = acceptedPorts(reference);
        return accepted.isEmpty() || accepted.stream().anyMatch(port::meets);
    }

    /** What the reference may carry, for messages. */
    String accepted(int reference) {
        return String.join(
                " or ",
                acceptedPorts(reference).stream().map(Port::toString).distinct().toList());
    }

    private List<Port> acceptedPorts(int reference) {
        var accepted = new ArrayList<Port>();
        for (var entry : types.providers(definition.type())) {
            boolean side = reference > 0 && !entry.many();
            accepted.addAll(side ? entry.joinedPorts() : entry.acceptedPorts());
        }
        return accepted;
    }

    /** Links a track that fits; a reference that takes one track takes the first. Any thread. */
    synchronized void connect(StageNode consumer, Subscription subscription, OutputTrack track) {
        var providers = types.providers(definition.type());
        if (providers.isEmpty()) {
            return; // offered again when the type is there
        }
        var type = providers.get(0);
        if ((linked(subscription) && !type.many()) || !connected.add(track)) {
            return;
        }
        var limits = LinkSize.of(
                Usual.limits(track.format(), track.live(), type.kind().equals("analyzer")),
                subscription.reference().settings());
        var link = new Link(
                track.node().name() + ":" + track.name(),
                consumer.id(),
                limits,
                !type.joinedPorts().isEmpty(),
                track.node()::wakeProducer,
                consumer::wakeTurn);
        int index = type.many() ? ports.size() : subscription.index();
        ports.add(new InputPort(index, subscription.index(), track.node(), link));
        track.connect(link);
    }

    private boolean linked(Subscription subscription) {
        return ports.stream().anyMatch(port -> port.reference() == subscription.index());
    }

    /** Whether all content has come: every reference has had its track, and all have ended. */
    boolean over() {
        return ports.stream().allMatch(InputPort::ended)
                && producers.entrySet().stream()
                        .allMatch(entry ->
                                linked(entry.getKey()) || entry.getValue().done());
    }

    boolean anyAndAllEnded() {
        return !ports.isEmpty() && ports.stream().allMatch(InputPort::ended);
    }

    void discard() {
        ports.forEach(InputPort::discard);
    }

    /** Why nothing comes, when a reference has found no track; empty when all have. Any thread. */
    String missingTrack() {
        if (types.providers(definition.type()).isEmpty()) {
            return ""; // nobody knows yet what fits
        }
        for (var entry : producers.entrySet()) {
            var subscription = entry.getKey();
            var reference = subscription.reference();
            var tracks = entry.getValue().trackNames();
            if (linked(subscription) || !entry.getValue().running() || tracks.isEmpty()) {
                continue;
            }
            var has = String.join(", ", tracks);
            return reference
                    .track()
                    .map(track -> reference.stage() + " has no track " + track + " (it has " + has + ")")
                    .orElseGet(() -> "nothing that " + reference.stage() + " puts out (" + has + ") is "
                            + accepted(subscription.index()));
        }
        return "";
    }
}
