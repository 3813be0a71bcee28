/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Input;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.link.Limits;
import io.levada.wiring.link.Link;
import io.levada.wiring.link.Policy;
import io.levada.wiring.type.LinkSize;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageCatalog;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The inputs of a node: what they may carry, and the ports that tracks were linked to. */
final class Ports {

    private final StageNode node;
    private final StageCatalog types;
    private final Object topology;
    /** One for each entry of {@code from}; replaced as a whole. */
    private volatile List<Subscription> subscriptions;
    /** Those that are read. */
    private final List<InputPort> ports = new CopyOnWriteArrayList<>();
    /** Those that wait until what is on its way to the port before them has come. */
    private final List<InputPort> successors = new CopyOnWriteArrayList<>();

    /** The last port of an index, read to its end, whose successor is not there yet. */
    private final Map<Integer, InputPort> predecessors = new HashMap<>();
    /** The index of each track that has turned up where there are several to a reference: it has it when it comes back, too. */
    private final Map<String, Integer> indices = new HashMap<>();
    /** From producers that leave the graph and have not put out anything yet. */
    private final List<Subscription> farewells = new ArrayList<>();

    private final Map<OutputTrack, InputPort> connected = new ConcurrentHashMap<>();
    /** Whether the type has turned up, so that it is known which tracks it takes. */
    private volatile boolean decided;

    private final Acceptance acceptance;
    /** Whether it is open who fills the role, and with that, in which memory it takes what was linked. */
    private volatile boolean choosing;

    private volatile boolean attached;
    /** Whether the producers are to do without it. */
    private volatile boolean paused;

    /** @param producers those that the definition names, among others */
    Ports(StageNode node, Map<String, Node> producers) {
        this.node = node;
        this.types = node.engine().types();
        this.topology = node.engine().topology();
        this.acceptance = new Acceptance(node);
        this.subscriptions = subscriptions(node.definition(), producers);
    }

    private List<Subscription> subscriptions(StageDefinition definition, Map<String, Node> producers) {
        return IntStream.range(0, definition.from().size())
                .mapToObj(index -> {
                    var reference = definition.from().get(index);
                    var producer = reference
                            .pipeline()
                            .<Producer>map(
                                    name -> new ForeignStage(node.engine().shared(), name, reference.stage()))
                            .orElseGet(() -> producers.get(reference.stage()));
                    return new Subscription(node, producer, reference, index);
                })
                .toList();
    }

    /** Takes from the producers from now on. */
    void attach() {
        attached = true;
        subscriptions.forEach(subscription -> subscription.producer().subscribe(subscription));
    }

    /**
     * Takes nothing more from the producers that stay: an End comes on their ports. What leaves the graph together brings to
     * its end what is on its way.
     */
    void detach(Predicate<Producer> staying) {
        for (var subscription : subscriptions) {
            if (subscription.foreign() || staying.test(subscription.producer())) {
                release(subscription);
            }
        }
    }

    /**
     * Takes from where the fresh definition says. What comes from a producer that stays where it is goes on undisturbed. The
     * others' ports are read up to a boundary; where the producer leaves the graph, up to what it puts out last.
     *
     * @param staying whether a producer stays in the graph
     */
    void relink(StageDefinition fresh, Map<String, Node> producers, Predicate<Producer> staying) {
        synchronized (topology) {
            var before = subscriptions;
            var now = new ArrayList<Subscription>();
            for (var wanted : subscriptions(fresh, producers)) {
                now.add(before.contains(wanted) ? before.get(before.indexOf(wanted)) : wanted);
            }
            subscriptions = List.copyOf(now);
            for (var old : before) {
                if (!now.contains(old)) {
                    var left = supersede(old);
                    if (old.foreign() || staying.test(old.producer())) {
                        release(old);
                    } else if (left.isEmpty()) {
                        farewells.add(old);
                    } else {
                        old.producer().unsubscribe(old);
                    }
                }
            }
            now.stream().filter(one -> !before.contains(one)).forEach(one -> one.producer()
                    .subscribe(one));
        }
        node.wakeTurn();
    }

    private void release(Subscription subscription) {
        synchronized (topology) {
            subscription.producer().unsubscribe(subscription);
            connected.forEach((track, port) -> {
                if (subscription.equals(port.producer())) {
                    connected.remove(track);
                    track.disconnect(port.link());
                }
            });
        }
    }

    /**
     * What a subscription brought so far is read to its end; what it brings from then on takes its place. Under the lock of
     * the topology.
     */
    List<InputPort> supersede(Subscription subscription) {
        var left = portsOf(subscription);
        left.forEach(InputPort::supersede);
        node.post(this::retireEnded);
        return left;
    }

    private void retireEnded() {
        ports.stream().filter(port -> port.superseded() && port.ended()).forEach(this::retire);
    }

    private List<InputPort> portsOf(Subscription subscription) {
        return Stream.concat(ports.stream(), successors.stream())
                .filter(port -> port.reference() == subscription.index() && !port.superseded())
                .toList();
    }

    /** The last item of a superseded port was taken: the one that takes its place goes on. In the node's turn. */
    void retire(InputPort old) {
        synchronized (topology) {
            ports.remove(old);
            connected.values().remove(old);
            predecessors.put(old.index(), old);
            promote(old.reference());
        }
    }

    /** These have left the graph: what they did not put out does not come any more. */
    void forget(Collection<Node> gone) {
        synchronized (topology) {
            for (var farewell : List.copyOf(farewells)) {
                if (gone.contains(farewell.producer())) {
                    farewell.producer().unsubscribe(farewell);
                    farewells.remove(farewell);
                    promote(farewell.index());
                }
            }
        }
        node.wakeTurn();
    }

    private void promote(int reference) {
        for (var next : successors) {
            if (next.reference() == reference && !held(reference, next)) {
                successors.remove(next);
                activate(next);
            }
        }
    }

    /** Whether something is still to come before what the port brings. */
    private boolean held(int reference, InputPort port) {
        return ports.stream().anyMatch(before -> before.reference() == reference && before.superseded())
                || !port.superseded() && farewells.stream().anyMatch(farewell -> farewell.index() == reference);
    }

    private void activate(InputPort port) {
        var before = predecessors.remove(port.index());
        if (before != null) {
            port.succeed(before);
        }
        ports.add(port);
    }

    /** Any thread. */
    boolean decided() {
        return decided && !choosing;
    }

    /** The role was filled, or can't be: what is linked directly needs no transfer stage. Any thread. */
    void chosen() {
        if (!choosing) {
            return;
        }
        synchronized (topology) {
            spareTransfers();
        }
        wakeProducers();
    }

    private void spareTransfers() {
        choosing = false;
        connected.forEach((track, port) -> track.node().transfers().spare(track, (Subscription) port.producer()));
    }

    /**
     * What a subscription brought of a track is read to its end, as it comes in other memory from now on; unless it comes
     * directly and may go on so. Under the locks of the topology and the track.
     *
     * @param brought what transfer stages make of the track
     */
    void part(Subscription subscription, OutputTrack track, Set<OutputTrack> brought, Port fresh) {
        var direct = connected.get(track);
        if (direct != null && acceptance.way(subscription.index(), fresh) != Way.DIRECT) {
            direct.supersede();
            connected.remove(track);
            track.disconnect(direct.link());
        }
        connected.forEach((other, port) -> {
            if (brought.contains(other) && subscription.equals(port.producer())) {
                port.supersede();
            }
        });
        node.post(this::retireEnded);
    }

    /**
     * Who was chosen takes what a port carries in other memory: it comes over a transfer stage from now on. In the node's turn.
     */
    void divert(InputPort port) {
        synchronized (topology) {
            ports.remove(port);
            var left = connected.entrySet().stream()
                    .filter(entry -> entry.getValue() == port)
                    .map(Map.Entry::getKey)
                    .toList();
            left.forEach(connected::remove);
            promote(port.reference()); // it may have been superseded: nothing holds up what follows it any more
            var subscription = (Subscription) port.producer();
            subscription.producer().announceTo(subscription); // while the old link still holds up what is to come
            left.forEach(track -> track.disconnect(port.link()));
            port.discard();
        }
    }

    /** The type is there: has the producers offer what they have, and go on if they waited for it. Any thread. */
    void decide() {
        if (!decided) {
            offerAgain();
            decided = true; // not before: who goes on finds its links made
            wakeProducers();
        }
    }

    private void wakeProducers() {
        subscriptions.forEach(subscription -> subscription.producer().wakeProducer());
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
        var all = subscriptions;
        for (int i = 0; i < all.size(); i++) { // asked while samples pass: without an iterator
            if (all.get(i).live()) {
                return true;
            }
        }
        return false;
    }

    /** Has the producers offer their tracks once more, after a type has turned up that may take them. */
    void offerAgain() {
        if (!attached) {
            return;
        }
        subscriptions.forEach(subscription -> subscription.producer().announceTo(subscription));
    }

    /** What they may carry; any thread. */
    Acceptance acceptance() {
        return acceptance;
    }

    /** Whether a subscription still looks for a track, and this one is not it already. Under the lock of the topology. */
    boolean seeks(Subscription subscription, OutputTrack track) {
        var providers = types.providers(node.definition());
        if (paused || providers.isEmpty()) {
            return false; // offered again when the type is there
        }
        boolean farewell = farewells.contains(subscription);
        boolean more = !linked(subscription) || providers.get(0).many();
        return (farewell || subscriptions.contains(subscription) && more) && !connected.containsKey(track);
    }

    /** Links a track that fits; a reference that takes one track takes the first. Under the lock of the topology. */
    void connect(Subscription subscription, OutputTrack track) {
        if (!seeks(subscription, track)) {
            return;
        }
        var type = types.providers(node.definition()).get(0);
        boolean farewell = farewells.contains(subscription);
        choosing |= acceptance.open(subscription.index(), Port.of(track.format()));
        var producer = subscription.foreign() ? track.node().id() : track.node().name();
        var link = new Link(
                        producer + ":" + track.name(),
                        node.id(),
                        limits(subscription, track, type),
                        !type.joinedPorts().isEmpty(),
                        track.node()::wakeProducer,
                        node::wakeTurn)
                .within(track.node().budget());
        int index = type.many() ? index(subscription, track) : subscription.index();
        var port = new InputPort(index, subscription.index(), subscription, link);
        connected.put(track, port);
        track.connect(link);
        add(port, farewell); // after it was connected: what it begins with is in it
        if (!choosing) {
            track.node().transfers().spare(track, subscription);
        }
        node.wakeTurn();
    }

    private int index(Subscription subscription, OutputTrack track) {
        return indices.computeIfAbsent(subscription.index() + ":" + track.name(), unused -> indices.size());
    }

    private static Limits limits(Subscription subscription, OutputTrack track, StageTypeEntry type) {
        var usual =
                Usual.limits(track.format(), subscription.live(), type.kind().equals("analyzer"));
        var bounded = track.node().bursts() ? usual.untimed() : usual;
        var limits = LinkSize.of(bounded, subscription.reference().settings());
        boolean holdsUp = subscription.foreign() && track.live() && limits.policy() == Policy.BLOCK;
        return holdsUp ? limits.policy(usual.policy()) : limits; // nobody else's live content is held up
    }

    private void add(InputPort port, boolean farewell) {
        if (farewell) {
            port.supersede();
            farewells.removeIf(subscription -> subscription.index() == port.reference());
        }
        if (held(port.reference(), port)) {
            successors.add(farewell ? place(port.reference()) : successors.size(), port);
        } else {
            activate(port);
        }
    }

    /** Where the last port of a producer that leaves belongs: behind those of earlier ones, before what takes its place. */
    private int place(int reference) {
        int at = 0;
        while (at < successors.size()
                && (successors.get(at).reference() != reference
                        || successors.get(at).superseded())) {
            at++;
        }
        return at;
    }

    /** Whether a reference has a track; any thread. */
    boolean linked(int reference) {
        return paused || linked(subscriptions.get(reference));
    }

    private boolean linked(Subscription subscription) {
        return !portsOf(subscription).isEmpty();
    }

    /** Whether all content has come: every reference has had its track, and all have ended. */
    boolean over() {
        return successors.isEmpty()
                && ports.stream().allMatch(InputPort::ended)
                && subscriptions.stream()
                        .allMatch(subscription ->
                                linked(subscription) || subscription.producer().done());
    }

    boolean anyAndAllEnded() {
        return successors.isEmpty() && !ports.isEmpty() && ports.stream().allMatch(InputPort::ended);
    }

    /** Releases what has come so far, while nobody is there to take it. In the node's turn. */
    void passBy() {
        for (var port : ports) {
            port.discard();
            if (port.superseded() && port.ended()) {
                retire(port);
            }
        }
    }

    /** Takes nothing until {@link #resume}; what is queued is released. In the node's turn. */
    void pause() {
        synchronized (topology) {
            paused = true;
            spareTransfers();
            connected.forEach((track, port) -> track.disconnect(port.link()));
            connected.clear();
            predecessors.clear();
            discard();
            ports.clear();
            successors.clear();
        }
        wakeProducers(); // they may have waited for room
    }

    /** Takes from the producers again, as who is new. Any thread. */
    void resume() {
        paused = false;
        offerAgain();
    }

    boolean paused() {
        return paused;
    }

    /** Whether nothing more comes from anywhere; any thread. */
    boolean producersDone() {
        var all = subscriptions;
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).producer().done()) {
                return false;
            }
        }
        return !all.isEmpty();
    }

    /** Releases all that is queued: nobody will take it. */
    void discard() {
        choosing = false;
        ports.forEach(InputPort::discard);
        successors.forEach(InputPort::discard);
    }

    /** Why nothing comes, when a reference has found no track; empty when all have. Any thread. */
    String missingTrack() {
        if (types.providers(node.definition()).isEmpty()) {
            return ""; // nobody knows yet what fits
        }
        for (var subscription : subscriptions) {
            var missing = MissingTrack.of(node, subscription, paused || linked(subscription));
            if (!missing.isEmpty()) {
                return missing;
            }
        }
        return "";
    }
}
