/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Marker;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.StreamItem;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Input;
import io.levada.api.stage.Order;
import io.levada.api.stage.Request;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Plays the platform for one stage: opens it with parameters, feeds it, keeps what it puts out, and watches that it keeps
 * the stage contract. {@link #close} fails when the stage (or the test) still holds a sample, naming the holder.
 *
 * <pre>{@code
 * try (var stage = StageHarness.of(new BrightnessAnalyzer(), Map.of("step", "1"))) {
 *     stage.feed(Frames.solid(64, 48, Color.WHITE));
 *     assertEquals(1.0, stage.events().single().number("level"), 0.01);
 * }
 * }</pre>
 *
 * <p>What the stage throws comes out of the methods here as it is, undeclared: {@code assertThrows(StageException.class,
 * () -> stage.feed(format))} works. Use it on one thread; only {@link #interrupt} may come from another.
 */
public final class StageHarness implements AutoCloseable {

    /** How long a stage that answers later may take for one sample, on the slowest machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Stage stage;
    private final Platform platform;
    private final List<HarnessInput> inputs = new ArrayList<>();
    private final HarnessContext context;
    private final Calls calls;
    private final Fed fed;
    private boolean closed;

    StageHarness(HarnessBuilder builder) {
        Stamps.trackMemory();
        stage = builder.stage;
        platform = new Platform(builder.pipeline + "/" + builder.stageName);
        builder.inputs.forEach((name, live) -> inputs.add(
                new HarnessInput(inputs.size(), name, live, builder.references.getOrDefault(name, inputs.size()))));
        context = new HarnessContext(builder, List.<Input>copyOf(inputs));
        calls = Calls.of(stage, context, platform);
        fed = new Fed(platform);
    }

    /** Opens the stage with its defaults. */
    public static StageHarness of(Stage stage) {
        return of(stage, Map.of());
    }

    /** Opens the stage with these parameters, as they would stand in a pipeline file. */
    public static StageHarness of(Stage stage, Map<String, String> parameters) {
        return with(stage).parameters(parameters).open();
    }

    /** For what {@link #of} leaves at its default: several inputs, a clock, names. */
    public static HarnessBuilder with(Stage stage) {
        return new HarnessBuilder(stage);
    }

    void open() {
        try {
            openWith(context);
        } catch (Throwable e) {
            try {
                close();
            } catch (Throwable onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    /** Opens with a context of the contract test's. */
    void openWith(StageContext other) {
        calls.open(other);
    }

    boolean reconfigureWith(StageContext other) {
        return calls.reconfigure(other);
    }

    /** Feeds the first input: samples (each gives up one reference) and markers. */
    public StageHarness feed(StreamItem... items) {
        for (var item : items) {
            feed(0, item);
        }
        return this;
    }

    /**
     * Feeds an input. A sample that carries its format (video, audio, tensor, event) is preceded by it when that differs
     * from the one before; for packets and chunks feed the format first.
     */
    public StageHarness feed(int input, StreamItem item) {
        var to = inputs.get(input);
        if (item instanceof Sample sample) {
            sample(to, sample);
        } else if (item instanceof Format format) {
            format(to, format);
        } else if (item instanceof Gap gap) {
            calls.gap(to, gap);
        } else if (item instanceof Flush flush) {
            calls.flush(to, flush);
        } else {
            end();
        }
        return this;
    }

    private void format(HarnessInput input, Format format) {
        var before = input.format();
        if (before.isPresent() && before.get().equals(format)) {
            return;
        }
        if (before.isPresent()) {
            calls.drainBeforeFormat();
        }
        input.format(format);
        calls.format(input, format);
    }

    private void sample(HarnessInput input, Sample sample) {
        while (!calls.ready()) {
            awaitWake(PATIENCE);
        }
        fed.take(sample);
        try {
            var own = sample instanceof Event ? new EventFormat(TimeBase.NANOS) : Track.formatOf(sample);
            if (own != null && !(sample instanceof Event && input.format().isPresent())) {
                format(input, own);
            }
            if (input.format().isEmpty()) {
                throw new IllegalStateException("feed the format before the first " + sample);
            }
            calls.sample(input, sample);
        } finally {
            fed.giveBack(sample);
        }
        platform.throwBroken();
    }

    /** The stream of all inputs begins anew: the stage forgets what it holds, the flush travels on. */
    public StageHarness flush(int epoch) {
        inputs.forEach(input -> calls.flush(input, new Flush(epoch)));
        return this;
    }

    /** All has come up to this moment; what an analyzer behind an analyzer is told while nothing is found. */
    public StageHarness advance(Stamp moment) {
        calls.advance(moment);
        platform.throwBroken();
        return this;
    }

    /** The stage emits what it holds. */
    public StageHarness drain() {
        calls.drain();
        return this;
    }

    /** All inputs have ended: the stage is drained and its track ends. */
    public StageHarness end() {
        calls.drain();
        calls.mark(End.END);
        return this;
    }

    /**
     * Lets a source produce once.
     *
     * @return false when there is nothing more
     */
    public boolean produce() {
        return calls.produce();
    }

    /** Lets a source produce until the default track has as many samples, or nothing more comes. */
    public StageHarness produce(String track, int samples) {
        while (track(track).samples().size() < samples && produce()) {
            // each round is one call
        }
        return this;
    }

    /** Tells the stage to stop, as the platform does from another thread. */
    public void interrupt() {
        context.stop();
        calls.interrupt();
    }

    /** Asks the stage for something; false when it passes it on upstream. */
    public boolean request(Request request) {
        return calls.request(request);
    }

    /**
     * Tells a {@link Controllable} stage something.
     *
     * @return what it says
     */
    public String control(String command, String... arguments) {
        return control(new Order(command, List.of(arguments), context.clock().nanoTime()));
    }

    /** Tells it something that another instance was told, maybe long ago. */
    public String control(Order order) {
        return calls.control((Controllable) stage, order);
    }

    /** What the stage asked of an input. */
    public List<Request> requests(int input) {
        return inputs.get(input).requests();
    }

    /** Gives the stage other parameters; when it refuses (false), it keeps the old ones. */
    public boolean reconfigure(Map<String, String> parameters) {
        var before = context.parameters();
        context.parameters(new Parameters(parameters));
        boolean taken = false;
        try {
            taken = calls.reconfigure(context);
        } finally {
            if (!taken) {
                context.parameters(before);
            }
        }
        return taken;
    }

    /**
     * Waits for the stage to ask for it, then wakes it once.
     *
     * @throws AssertionError when it does not ask within the timeout
     */
    public StageHarness awaitWake(Duration timeout) {
        try {
            if (!context.wakes().tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("the stage did not ask to be woken within " + timeout);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for the stage", e);
        }
        context.wakes().drainPermits();
        calls.wake();
        return this;
    }

    /** Wakes the stage if it asked for it. */
    public boolean wakeIfAsked() {
        boolean asked = context.wakes().drainPermits() > 0;
        if (asked) {
            calls.wake();
        }
        return asked;
    }

    /** A track of a source; {@code out} is the one of any other stage. */
    public Track track(String name) {
        return calls.track(name);
    }

    private Track out() {
        return track(Calls.OUT);
    }

    /** Everything that the stage put out, in order. */
    public Collected<StreamItem> items() {
        return out().items();
    }

    public Collected<Sample> samples() {
        return out().samples();
    }

    public Collected<VideoFrame> frames() {
        return out().frames();
    }

    public Collected<AudioFrame> audio() {
        return out().audio();
    }

    public Collected<Packet> packets() {
        return out().packets();
    }

    public Collected<Event> events() {
        return out().events();
    }

    public Collected<Format> formats() {
        return out().formats();
    }

    public Collected<Marker> markers() {
        return out().markers();
    }

    /** Releases and forgets what the stage put out so far, on all tracks. */
    public StageHarness clear() {
        calls.tracks().forEach(Track::clear);
        platform.throwBroken();
        return this;
    }

    /** A figure that the stage shows. */
    public long gauge(String name) {
        var gauges = context.gauges();
        if (!gauges.containsKey(name)) {
            throw new AssertionError("the stage shows no " + name + ", it shows " + gauges.keySet());
        }
        return gauges.get(name);
    }

    public Map<String, Long> gauges() {
        return context.gauges();
    }

    /** Whether the stage says that it needs what comes to it. */
    public boolean demanding() {
        return context.demanding();
    }

    /** What a source says that it waits for; empty if for nothing. */
    public String waiting() {
        return context.waiting();
    }

    /** How the stage says that it works; empty if it does not. */
    public String explanation() {
        return context.explanation();
    }

    /** What the stage warned of. */
    public List<String> warnings() {
        return context.warnings();
    }

    /** What the stage was given. */
    public StageContext context() {
        return context;
    }

    /**
     * Closes the stage and releases what it put out.
     *
     * @throws ContractBroken when a sample is still held; the message names the holder
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            context.stop();
            calls.close();
        } finally {
            calls.tracks().forEach(Track::clear);
            fed.verifyReleased();
        }
        platform.throwBroken();
    }

    /** How many of the memories it was fed the stage holds now, what it put out not counted when that is cleared. */
    int held() {
        return fed.held();
    }

    List<Track> tracks() {
        return List.copyOf(calls.tracks());
    }

    /** Reports what threads of the stage's own broke outside of any call. */
    void throwBroken() {
        platform.throwBroken();
    }
}
