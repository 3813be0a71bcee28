/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.stage.Command;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Input;
import io.levada.api.stage.Order;
import io.levada.api.stage.Output;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Lets its input through or not, as events on its further inputs or orders say. Packets that it holds back it remembers for a
 * while, so that what it lets through begins with a keyframe from before the event.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "route.gate",
        accepts = {"packet", "frame@any"},
        joins = "event",
        emits = "same",
        bursts = true,
        work = Work.LIGHT)
@Designate(ocd = StreamGate.Config.class)
public final class StreamGate implements Transform<Sample>, Controllable {

    /** Its parameters; all can be changed while it runs. */
    @ObjectClassDefinition(
            name = "Gate",
            description =
                    "Lets a stream through while events come on its further inputs, or as levada:control"
                            + " PIPELINE/STAGE open says. What it lets through of packets begins at a keyframe, before the event")
    public @interface Config {

        @AttributeDefinition(
                name = "Initial",
                description = "What it does until it is told otherwise: auto (open while events come), open or closed",
                options = {
                    @Option(label = "As events say", value = "auto"),
                    @Option(label = "Open", value = "open"),
                    @Option(label = "Closed", value = "closed")
                })
        String initial() default "auto";

        @AttributeDefinition(name = "Hold", description = "How long it stays open after an event, such as 5 s")
        String hold() default "5 s";

        @AttributeDefinition(
                name = "Pre-roll",
                description = "How much from before the event is let through, of packets: a duration, rounded up to a"
                        + " keyframe, 60 s at most; off to begin with the next keyframe")
        String pre$_$roll() default "2 s";

        @AttributeDefinition(
                name = "Label",
                description = "Which events open it, by their subject or the label of a region, with commas between;"
                        + " all when empty",
                required = false)
        String label() default "";

        @AttributeDefinition(
                name = "Least score",
                description = "Regions of events with a lower score than this don't open it",
                min = "0",
                max = "1")
        double min$_$score() default 0;

        @AttributeDefinition(
                name = "Time",
                description =
                        "rebased: each opening follows the one before without a hole; original: times are those of"
                                + " the input, as several gates need whose outputs go into one file",
                options = {
                    @Option(label = "Rebased", value = "rebased"),
                    @Option(label = "Original", value = "original")
                })
        String time() default "rebased";
    }

    /** What is told of it. */
    private enum Mode {
        AUTO,
        OPEN,
        CLOSED
    }

    private static final long FOREVER = Long.MAX_VALUE;
    private static final long LONGEST_PREROLL = 60_000_000_000L;

    /** Packets of what was held back that go out with each that comes: consumers are not flooded. */
    private static final int CATCH_UP = 4;

    private static final long GAP_NANOS = 500_000_000;

    private final Splice splice = new Splice();
    private final Preroll preroll = new Preroll();
    private StageContext context;
    private EventFilter filter = EventFilter.of("", 0);
    private long hold;
    private long before;
    private boolean remembers;
    private boolean rebased;

    private Mode mode = Mode.AUTO;
    private boolean told;
    /** When an order ends, {@link io.levada.api.stage.Clock#nanoTime}. */
    private long until = FOREVER;

    private boolean video;
    /** Running time of the newest content. */
    private long now = Long.MIN_VALUE;
    /** Running time of the event that opened it, and until when the last one keeps it open. */
    private long eventAt = Long.MIN_VALUE;

    private long openUntil = Long.MIN_VALUE;
    private boolean open;
    /** Open, but nothing to begin with has come. */
    private boolean seeking;

    private long gapSaid = Long.MIN_VALUE;
    private volatile long openings;
    private volatile boolean shownOpen;

    @Override
    public void open(StageContext context) throws StageException {
        configure(context);
        context.gauge("open", () -> shownOpen ? 1 : 0);
        context.gauge("openings", () -> openings);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        configure(context);
        return true;
    }

    private void configure(StageContext context) throws StageException {
        var config = context.config(Config.class);
        long hold = Quantity.nanos("hold", config.hold());
        boolean remembers = !config.pre$_$roll().strip().equals("off");
        long before = remembers ? Quantity.nanos("pre-roll", config.pre$_$roll()) : 0;
        if (before > LONGEST_PREROLL) {
            throw StageException.invalid("a gate does not hold back " + config.pre$_$roll())
                    .parameter("pre-roll")
                    .remedy("take 60 s or less");
        }
        this.context = context;
        this.hold = hold;
        this.remembers = remembers;
        this.before = before;
        rebased = config.time().equals("rebased");
        filter = EventFilter.of(config.label(), config.min$_$score());
        preroll.keep(before, video);
        if (!told) {
            mode = Mode.valueOf(config.initial().toUpperCase(Locale.ROOT));
        }
    }

    @Override
    public List<Command> commands() {
        return List.of(
                new Command("open", "[DURATION]", "lets all through, for so long and then as events say", true),
                new Command("close", "", "lets nothing through, whatever events say", true),
                new Command("auto", "", "lets through what events say", true));
    }

    @Override
    public String control(Order order) throws StageException {
        long until = FOREVER;
        if (!order.arguments().isEmpty()) {
            if (!order.command().equals("open")) {
                throw StageException.invalid("nothing can follow " + order.command());
            }
            try {
                until = order.given() + Quantity.nanos(order.argument());
            } catch (IllegalArgumentException e) {
                throw StageException.invalid(e.getMessage()).remedy("write open, or open 10 s");
            }
        }
        mode = switch (order.command()) {
            case "open" -> Mode.OPEN;
            case "close" -> Mode.CLOSED;
            default -> Mode.AUTO;
        };
        this.until = until;
        told = true;
        return standing();
    }

    @Override
    public String standing() {
        var state = open ? seeking ? "open from the next keyframe on" : "open" : "closed";
        return state
                + switch (ordered()) {
                    case AUTO -> ", as events say";
                    case OPEN -> until == FOREVER
                            ? ", told to be open"
                            : ", told to be open for "
                                    + (until - context.clock().nanoTime()) / 1_000_000_000 + " s more";
                    case CLOSED -> ", told to be closed";
                };
    }

    private Mode ordered() {
        if (until != FOREVER && context.clock().nanoTime() - until >= 0) {
            until = FOREVER;
            mode = Mode.AUTO;
        }
        return mode;
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (input.index() > 0) {
            if (!(format instanceof EventFormat)) {
                throw StageException.invalid("route.gate is opened by events; " + input.name() + " brings " + format)
                        .parameter("from")
                        .remedy("name one input to let through first, then analyzers");
            }
            return;
        }
        release(out); // they are of the format before
        preroll.clear();
        video = format instanceof PacketFormat && format.kind() == MediaKind.VIDEO;
        preroll.keep(before, video);
        splice.format(format, out);
        seeking = open;
    }

    @Override
    public void process(Input input, Sample sample, Output out) {
        if (sample instanceof Event event) {
            take(event);
            return;
        }
        now = Math.max(now, sample.stamp().runningTime());
        boolean shall = shallBeOpen();
        if (shall != open) {
            turn(shall, out);
        }
        if (!open) {
            if (remembers && sample instanceof Packet packet) {
                preroll.add(packet);
            }
            sayGap(sample, out);
        } else if (sample instanceof Packet packet && (seeking || !preroll.isEmpty())) {
            queue(packet, out);
        } else {
            if (seeking) {
                begin(sample, false);
            }
            splice.emit(sample, out);
        }
    }

    private void take(Event event) {
        if (filter.lets(event)) {
            long time = event.stamp().runningTime();
            if (time > openUntil) {
                eventAt = time;
            }
            openUntil = Math.max(openUntil, time + hold);
        }
    }

    private boolean shallBeOpen() {
        return switch (ordered()) {
            case OPEN -> true;
            case CLOSED -> false;
            case AUTO -> now <= openUntil;
        };
    }

    private void turn(boolean shall, Output out) {
        if (shall) {
            openings++; // this thread alone writes it
            seeking = true;
            gapSaid = Long.MIN_VALUE;
            if (video && preroll.isEmpty()) {
                context.inputs().get(0).request(Request.keyframe());
            }
        } else {
            release(out);
            if (!seeking && remembers) {
                preroll.continueFromHere();
            }
            seeking = false;
        }
        open = shall;
        shownOpen = shall;
    }

    /** A packet that can't go out at once: others go before it, or nothing to begin with has come. */
    private void queue(Packet packet, Output out) {
        preroll.append(packet);
        if (seeking && !preroll.isEmpty()) {
            long moment = mode == Mode.AUTO ? Math.min(eventAt, now) : now;
            boolean continues = preroll.beginAt(moment - before);
            begin(preroll.first(), continues);
        }
        release(CATCH_UP, out);
    }

    /** @param continues whether nothing is missing since what went out last */
    private void begin(Sample first, boolean continues) {
        seeking = false;
        if (!continues) {
            splice.begin(first, rebased);
        }
    }

    private void release(Output out) {
        if (open && !seeking) {
            release(Integer.MAX_VALUE, out);
        }
    }

    private void release(int most, Output out) {
        for (int i = 0; i < most && !preroll.isEmpty(); i++) {
            var packet = preroll.take();
            splice.emit(packet, out);
            packet.release();
        }
    }

    /** Where time goes on while the gate is shut, consumers that have other inputs need not wait for this one. */
    private void sayGap(Sample sample, Output out) {
        if (!rebased && sample.duration() > 0 && (gapSaid == Long.MIN_VALUE || now - gapSaid >= GAP_NANOS)) {
            gapSaid = now;
            splice.gap(new Gap(sample.pts(), sample.duration()), out);
        }
    }

    @Override
    public void gap(Input input, Gap gap, Output out) {
        if (input.index() == 0 && (!rebased || open && !seeking && preroll.isEmpty())) {
            splice.gap(gap, out);
        }
    }

    @Override
    public void flush(Input input, Flush flush, Output out) {
        if (input.index() == 0) {
            preroll.clear();
            seeking = open;
            out.flush(flush.epoch());
        }
    }

    @Override
    public void drain(Output out) {
        release(out);
        preroll.clear();
    }

    @Override
    public void close() {
        preroll.clear();
    }
}
