/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Work;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.link.Link;
import io.levada.wiring.schedule.Actor;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.type.DefinitionCheck;
import io.levada.wiring.type.LinkSize;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node with inputs: transform, analyzer or sink. Everything it does it does in turns, which a pool runs one at a time; what
 * others want of it they put into its queue of tasks.
 */
final class StageNode extends Node implements Ticker.Ticked {

    private static final int TURN_SAMPLES = 16;
    private static final long TURN_NANOS = 2_000_000;

    private final OutputTrack output = new OutputTrack(this, "");
    private final List<InputPort> ports = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<OutputTrack> connected = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> concluded = new CompletableFuture<>();
    private final Map<Subscription, Node> producers;
    private final Backoff backoff;
    private volatile Join join;
    private final Turn turn;

    private StageInstance instance;
    private volatile long restartAt = Join.NEVER;
    private volatile boolean stageWoken;
    private boolean finishing;

    StageNode(
            Engine engine,
            String pipeline,
            StageDefinition definition,
            Map<String, Node> others,
            String restart,
            String priority,
            Runnable changed) {
        super(engine, pipeline, definition, changed);
        this.backoff = new Backoff(definition.setting("restart", restart));
        this.join = join(definition);
        this.turn = new Turn(definition.setting("priority", priority));
        this.producers = new ConcurrentHashMap<>();
        for (int i = 0; i < definition.from().size(); i++) {
            var reference = definition.from().get(i);
            var producer = others.get(reference.stage());
            var subscription = new Subscription(this, reference, i);
            producers.put(subscription, producer);
            producer.subscribe(subscription);
        }
    }

    private Join join(StageDefinition definition) {
        var entry = provider();
        if (entry != null && !entry.joinedPorts().isEmpty() && definition.from().size() > 1) {
            return new Join.Matched(Quantity.nanos(definition.setting("wait", "40 ms")));
        }
        if (many()) {
            return new Join.Interleaved(
                    definition.from().size(), Quantity.nanos(definition.setting("start-timeout", "5 s")));
        }
        return new Join.Any();
    }

    /** The best provider of the type at this moment, or null. */
    private StageTypeEntry provider() {
        var providers = engine().types().providers(definition().type());
        return providers.isEmpty() ? null : providers.get(0);
    }

    private boolean many() {
        var entry = provider();
        return entry != null && entry.many();
    }

    // What consumers of tracks are asked, on the producers' threads.

    boolean accepts(int reference, Port port) {
        var accepted = acceptedPorts(reference);
        return accepted.isEmpty() || accepted.stream().anyMatch(port::meets);
    }

    /** What the reference may carry, for messages. */
    String accepted(int reference) {
        return String.join(
                " or ", acceptedPorts(reference).stream().map(Port::toString).toList());
    }

    private List<Port> acceptedPorts(int reference) {
        var ports = new ArrayList<Port>();
        for (var entry : engine().types().providers(definition().type())) {
            boolean side = reference > 0 && !entry.many();
            ports.addAll(side ? entry.joinedPorts() : entry.acceptedPorts());
        }
        return ports;
    }

    /** Links a track that fits; a reference that takes one track takes the first. */
    synchronized void connect(Subscription subscription, OutputTrack track) {
        boolean taken = ports.stream().anyMatch(port -> port.reference() == subscription.index());
        if ((taken && !many()) || !connected.add(track)) {
            return;
        }
        var entry = provider();
        boolean analyzer = entry != null && entry.kind().equals("analyzer");
        var usual = Usual.limits(track.format(), track.live(), analyzer);
        var limits = LinkSize.of(usual, subscription.reference().settings());
        var link = new Link(
                track.node().name() + ":" + track.name(), id(), limits, track.node()::wakeProducer, turn::wake);
        int index = many() ? ports.size() : subscription.index();
        ports.add(new InputPort(index, subscription.index(), track, link));
        track.connect(link);
    }

    void misfit(String message) {
        tasks.add(() -> fault(StageException.invalid(message).parameter("from")));
        turn.wake();
    }

    // What others ask of the node.

    @Override
    boolean live() {
        return producers.values().stream().anyMatch(Node::live);
    }

    @Override
    Collection<OutputTrack> tracks() {
        return List.of(output);
    }

    @Override
    List<Input> inputs() {
        return List.copyOf(ports);
    }

    @Override
    void wakeProducer() {
        turn.wake();
    }

    @Override
    void request(Request request) {
        post(() -> {
            if (!handled(request)) {
                ports.forEach(port -> port.request(request));
            }
        });
    }

    private boolean handled(Request request) {
        try {
            return instance != null && instance.stage().request(request);
        } catch (Exception e) {
            fault(e);
            return true;
        }
    }

    @Override
    void wakeStage() {
        stageWoken = true;
        turn.wake();
    }

    @Override
    void start() {
        engine().ticker().add(this);
        post(this::openUnlessRole);
    }

    @Override
    void typeAdded(StageTypeEntry entry) {
        if (entry.name().equals(definition().type())
                || entry.role().equals(definition().type())) {
            producers.forEach((subscription, producer) -> producer.announceTo(subscription));
            post(() -> {
                if (instance == null && (state() == State.WAITING || state() == State.FAILED)) {
                    reopen();
                }
            });
        }
    }

    @Override
    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        var done = new CompletableFuture<Void>();
        post(() -> {
            if (instance != null && instance.entry() == entry) {
                quietly(instance::drain);
                closeInstance();
                reopen();
            }
            done.complete(null);
        });
        return done;
    }

    @Override
    CompletableFuture<Void> finish() {
        post(() -> finishing = true);
        return concluded;
    }

    @Override
    CompletableFuture<Void> abort() {
        post(() -> {
            closeInstance();
            concluded.complete(null);
        });
        return concluded;
    }

    @Override
    void dispose() {
        engine().ticker().remove(this);
        ports.forEach(InputPort::close);
        super.dispose();
    }

    @Override
    public void tick(long now) {
        if (now >= join.deadline()) {
            turn.wake();
        }
        if (now >= restartAt) {
            restartAt = Join.NEVER;
            post(this::reopen);
        }
    }

    private void post(Runnable task) {
        tasks.add(task);
        turn.wake();
    }

    // The life of the instance, in turns.

    private void openUnlessRole() {
        if (concluded.isDone() || instance != null) {
            return;
        }
        var entry = provider();
        if (entry == null) {
            become(
                    State.WAITING,
                    "waits for stage type " + definition().type() + " (no bundle provides it)"
                            + NearMiss.hint(
                                    definition().type(), engine().types().names()));
        } else if (entry.name().equals(definition().type())) {
            try {
                open(entry);
                become(State.RUNNING, "");
            } catch (Exception | LinkageError e) {
                fault(e);
            }
        } else {
            become(State.STARTING, ""); // a role is filled when the format is known
        }
    }

    /** Opens anew and tells the instance the formats that the links had told the one before. */
    private void reopen() {
        openUnlessRole();
        for (var port : ports) {
            var format = port.format().orElse(null);
            if (format == null || (instance == null && state() != State.STARTING)) {
                continue;
            }
            try {
                tell(port, format);
            } catch (Exception | LinkageError e) {
                fault(e);
            }
        }
    }

    private void open(StageTypeEntry entry) throws Exception {
        backoff.started();
        var context = new NodeContext(this, engine().defaults().apply(entry.pid()));
        var findings = DefinitionCheck.parameters(definition(), List.of(entry));
        if (!findings.isEmpty()) { // the type was not there yet when the definition was checked
            throw StageException.invalid(findings.get(0).toString());
        }
        join = join(definition());
        turn.move(entry.work());
        var opened = StageInstance.of(entry, engine().types().take(entry), context, output);
        instance = opened;
        implementation(entry);
        opened.stage().open(context);
    }

    private void closeInstance() {
        var closing = instance;
        if (closing == null) {
            return;
        }
        instance = null;
        implementation(null);
        closing.context().stop();
        figures().clearGauges();
        quietly(closing.stage()::close);
        engine().types().giveBack(closing.entry(), closing.stage());
    }

    private interface Step {
        void run() throws Exception;
    }

    private void quietly(Step step) {
        try {
            step.run();
        } catch (Exception | LinkageError e) {
            figures().warn(id(), "while it closed: " + describe(e));
        }
    }

    /** The stage failed: only it and what hangs on it stops. */
    private void fault(Throwable fault) {
        closeInstance();
        if (!(fault instanceof StageException)) {
            LOG.warn("{} failed", id(), fault);
        }
        var reason = describe(fault);
        switch (kind(fault)) {
            case INVALID -> become(State.INVALID, reason);
            case FAILED -> become(State.FAILED, reason);
            case RETRY -> {
                long wait = backoff.failed();
                if (wait < 0) {
                    become(State.FAILED, reason + " (given up after " + backoff.attempts() + " attempts)");
                } else {
                    figures().restarts.increment();
                    restartAt = System.nanoTime() + wait;
                    become(State.RETRYING, reason + ", next try in " + wait / 1_000_000_000 + " s");
                }
            }
        }
    }

    private void conclude() {
        if (concluded.isDone()) {
            return;
        }
        if (instance != null) {
            quietly(instance::drain);
        }
        output.end();
        closeInstance();
        if (state() == State.RUNNING || state() == State.STARTING) {
            become(State.ENDED, "");
        }
        concluded.complete(null);
    }

    // The work, in turns.

    private final class Turn extends Actor {

        Turn(String priority) {
            super(
                    engine().light(),
                    switch (priority) {
                        case "high" -> 0;
                        case "low" -> 2;
                        default -> 1;
                    });
        }

        void move(Work work) {
            moveTo(engine().pool(work));
        }

        @Override
        protected boolean turn() {
            var before = LeakDetector.enter(id());
            long started = System.nanoTime();
            try {
                return work(started);
            } catch (Throwable e) { // whatever a stage throws stays here
                fault(e);
                return true;
            } finally {
                figures().busyNanos.add(System.nanoTime() - started);
                LeakDetector.exit(before);
            }
        }
    }

    private boolean work(long started) throws Exception {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        if (concluded.isDone()) {
            ports.forEach(InputPort::discard);
            return false;
        }
        if (instance == null && state() != State.STARTING) {
            return absent();
        }
        if (stageWoken) {
            stageWoken = false;
            instance.wake();
        }
        long now = started;
        for (int i = 0; i < TURN_SAMPLES; i++) {
            if (!output.hasRoom()) {
                return false; // the consumer wakes us
            }
            var port = next();
            if (port == null) {
                return false;
            }
            handle(port, now);
            if (concluded.isDone() || (instance == null && state() != State.STARTING)) {
                return true;
            }
            now = System.nanoTime();
            if (now - started > TURN_NANOS) {
                return true;
            }
        }
        return true;
    }

    private InputPort next() {
        long covered = ports.size() == 1 ? ports.get(0).link().watermark() : Long.MIN_VALUE;
        var port = join.next(ports);
        if (port != null) {
            return port;
        }
        if (covered != Long.MIN_VALUE && output.format() instanceof EventFormat) {
            output.watermark(covered); // a stage between an analyzer and a join
        }
        if (finishing) {
            boolean waiting = false;
            for (var silent : ports) {
                if (silent.peek() == null) {
                    silent.end();
                }
                waiting |= silent.peek() != null;
            }
            if (!waiting) {
                conclude();
            } else {
                return join.next(ports);
            }
        }
        return null;
    }

    private void handle(InputPort port, long now) throws Exception {
        var item = port.take();
        if (item instanceof Sample sample) {
            handle(port, sample, now);
        } else if (item instanceof Format format) {
            boolean change = port.format().isPresent() && instance != null && ports.size() == 1;
            if (change) {
                instance.drain();
            }
            port.format(format);
            tell(port, format);
        } else if (item instanceof Gap gap) {
            if (instance != null) {
                instance.gap(port, gap);
            }
        } else if (item instanceof Flush flush) {
            if (instance != null) {
                instance.flush(flush.epoch());
            }
        } else if (item instanceof End) {
            port.end();
            if (ports.stream().allMatch(InputPort::ended) && complete()) {
                conclude();
            }
        }
    }

    private void handle(InputPort port, Sample sample, long now) throws Exception {
        try {
            figures().in.increment();
            if (port.format().map(Format::kind).orElse(MediaKind.DATA) == MediaKind.VIDEO) {
                figures().pictures.increment();
            }
            if (!sample.preroll()) {
                figures().latency.record(now - sample.stamp().captured());
            }
            instance.process(port, sample);
        } finally {
            sample.release();
        }
    }

    /** Whether every reference has a track, or none is to be expected any more. */
    private boolean complete() {
        for (var entry : producers.entrySet()) {
            boolean linked = ports.stream()
                    .anyMatch(port -> port.reference() == entry.getKey().index());
            if (!linked && entry.getValue().state() != State.ENDED) {
                return false;
            }
        }
        return true;
    }

    /** Nobody is there to work: live content passes by, other content waits for who comes back. */
    private boolean absent() {
        boolean hold = !live() && (state() == State.RETRYING || state() == State.WAITING);
        if (!hold || finishing) {
            ports.forEach(InputPort::discard);
        }
        boolean over = !ports.isEmpty() && ports.stream().allMatch(InputPort::ended);
        if (finishing || (over && state() != State.RETRYING)) {
            output.end();
            concluded.complete(null);
        }
        return false;
    }

    private void tell(InputPort port, Format format) throws Exception {
        if (!accepts(port.reference(), Port.of(format))) {
            throw StageException.invalid(port.name() + " carries " + Port.of(format) + ", "
                            + definition().type() + " takes " + accepted(port.reference()))
                    .parameter("from");
        }
        if (instance == null) {
            fillRole(port, format);
        } else {
            instance.format(port, format);
        }
    }

    /** Takes the first candidate that opens and takes the format. */
    private void fillRole(InputPort port, Format format) throws Exception {
        var refused = new ArrayList<String>();
        Exception last =
                StageException.retry("no bundle fills the role " + definition().type());
        for (var entry : candidates()) {
            try {
                open(entry);
                instance.format(port, format);
                become(
                        State.RUNNING,
                        entry.name() + " fills it"
                                + (refused.isEmpty() ? "" : "; refused by " + String.join(", ", refused)));
                return;
            } catch (Exception | LinkageError e) {
                closeInstance();
                refused.add(entry.name() + " (" + describe(e) + ")");
                last = e instanceof Exception exception ? exception : new IllegalStateException(e);
            }
        }
        throw last;
    }

    private List<StageTypeEntry> candidates() {
        var preferred = List.of(definition().setting("prefer", "").split("\\s*,\\s*"));
        var candidates = new ArrayList<>(engine().types().providers(definition().type()));
        candidates.sort(java.util.Comparator.comparingInt(entry -> {
            int at = preferred.indexOf(entry.name());
            return at < 0 ? preferred.size() : at;
        }));
        return candidates;
    }

    /** Why nothing comes, when a reference has found no track; empty when all have. */
    String missingTrack() {
        for (var entry : producers.entrySet()) {
            var reference = entry.getKey().reference();
            boolean linked = ports.stream()
                    .anyMatch(port -> port.reference() == entry.getKey().index());
            var tracks = entry.getValue().trackNames();
            if (!linked && entry.getValue().running() && !tracks.isEmpty()) {
                return reference.track().isPresent()
                        ? reference.stage() + " has no track "
                                + reference.track().get() + " (it has " + String.join(", ", tracks) + ")"
                        : "nothing that " + reference.stage() + " puts out (" + String.join(", ", tracks) + ") is "
                                + accepted(entry.getKey().index());
            }
        }
        return "";
    }

    /** The links into this node; any thread. */
    List<Link> links() {
        return ports.stream().map(InputPort::link).toList();
    }
}
