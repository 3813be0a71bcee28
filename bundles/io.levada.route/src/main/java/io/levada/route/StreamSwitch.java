/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.stage.Command;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Input;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Order;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Lets one of its inputs through, or none; the others are taken and dropped. It changes over between two frames, or with a
 * keyframe of the input that is to follow, until which the one before goes on.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "route.switch",
        accepts = {"packet", "frame@any"},
        alternatives = true,
        emits = "same",
        work = Work.LIGHT)
@Designate(ocd = StreamSwitch.Config.class)
public final class StreamSwitch implements Transform<Sample>, Controllable {

    @ObjectClassDefinition(
            name = "Switch",
            description =
                    "Lets one of several inputs through, or none. levada:control PIPELINE/STAGE select INPUT changes"
                            + " over, to packets with their next keyframe, to frames with the next one")
    public @interface Config {

        @AttributeDefinition(
                name = "Initial",
                description =
                        "What goes through at first: an input as it is named in from, or off; the first when empty",
                required = false)
        String initial() default "";
    }

    private static final String OFF = "off";

    private final Splice splice = new Splice();
    private StageContext context;
    /** An entry of {@code from}; empty for none. */
    private Optional<String> wanted = Optional.empty();

    /** What it was told last, as it was said; empty for nothing. */
    private String order = "";
    /** What goes through; null when nothing does. */
    private Input current;

    private volatile long switches;
    private volatile int selected;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        wanted = initial();
        context.gauge("switches", () -> switches);
        context.gauge("selected", () -> selected);
    }

    private Optional<String> initial() throws StageException {
        var initial = context.config(Config.class).initial().strip();
        if (initial.isEmpty()) {
            return context.from().stream().findFirst();
        }
        try {
            return entry(initial);
        } catch (StageException e) {
            throw e.parameter("initial");
        }
    }

    /** The entry of {@code from} that is meant; empty for off. */
    private Optional<String> entry(String name) throws StageException {
        if (name.equals(OFF)) {
            return Optional.empty();
        }
        var entries = context.from();
        var meant = entries.contains(name)
                ? List.of(name)
                : entries.stream().filter(entry -> belongs(name, entry)).toList();
        if (meant.size() == 1) {
            return Optional.of(meant.get(0));
        }
        throw StageException.invalid(
                        meant.isEmpty()
                                ? "there is no input " + name + NearMiss.hint(name, entries)
                                : name + " may be " + String.join(" or ", meant))
                .remedy("name one of: " + String.join(", ", entries) + ", " + OFF);
    }

    /** Whether a track, or an entry that names one, is of a stage, or is the very track. */
    private static boolean belongs(String stage, String track) {
        return track.startsWith(stage) && (track.length() == stage.length() || track.charAt(stage.length()) == ':');
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        this.context = context;
        select(meant());
        return true;
    }

    /** What it was told goes before what it begins with, as long as there is such an input. */
    private Optional<String> meant() throws StageException {
        var initial = initial();
        try {
            return order.isEmpty() ? initial : entry(order);
        } catch (StageException gone) {
            return initial;
        }
    }

    @Override
    public List<Command> commands() {
        return List.of(new Command(
                "select", String.join("|", context.from()) + "|" + OFF, "lets this input through, or none", true));
    }

    @Override
    public String control(Order order) throws StageException {
        select(entry(order.argument()));
        this.order = order.argument();
        return standing();
    }

    private void select(Optional<String> entry) {
        wanted = entry;
        if (entry.isEmpty()) {
            current = null;
            selected = 0;
        } else {
            pending().ifPresent(input -> input.request(Request.keyframe()));
        }
    }

    /** What is to follow, once it is there. */
    private Optional<Input> pending() {
        return context.inputs().stream()
                .filter(input -> input != current && wants(input))
                .findFirst();
    }

    private boolean wants(Input input) {
        return wanted.isPresent() && belongs(wanted.get(), input.name());
    }

    @Override
    public String standing() {
        if (wanted.isEmpty()) {
            return "nothing goes through";
        }
        if (current != null && wants(current)) {
            return wanted.get() + " goes through";
        }
        var follows = pending().isPresent()
                ? wanted.get() + " follows with the next that can be decoded by itself"
                : wanted.get() + " follows when it is there";
        return current == null ? follows : current.name() + " goes through, " + follows;
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        for (var other : context.inputs()) {
            var theirs = other.format();
            if (other != input && theirs.isPresent() && !alike(theirs.get(), format)) {
                throw StageException.invalid(input.name() + " carries " + words(format) + ", " + other.name() + " "
                                + words(theirs.get()) + ": one can't follow the other")
                        .parameter("from")
                        .remedy("name tracks of one kind, such as cam1:video, cam2:video");
            }
        }
        if (input == current || current == null && wants(input)) {
            splice.format(format, out);
        }
    }

    private static boolean alike(Format one, Format other) {
        return one.kind() == other.kind() && one.type() == other.type();
    }

    private static String words(Format format) {
        return format.type().word() + ":" + format.kind().word();
    }

    @Override
    public void process(Input input, Sample sample, Output out) throws StageException {
        if (input == current || follows(input, sample, out)) {
            splice.emit(sample, out);
        }
    }

    /** Whether the input goes through from this sample on. */
    private boolean follows(Input input, Sample sample, Output out) throws StageException {
        if (!wants(input)) {
            return false;
        }
        if (current != null && current.name().equals(input.name())) {
            current = input; // its link was made anew
            return true;
        }
        boolean stale = current != null && sample.preroll();
        if (stale || !decodable(input, sample)) {
            return false;
        }
        current = input;
        selected = input.reference() + 1;
        switches++; // this thread alone writes it
        splice.format(input.format().orElseThrow(), out);
        splice.begin(sample, false);
        return true;
    }

    private static boolean decodable(Input input, Sample sample) {
        return !(sample instanceof Packet)
                || sample.keyframe()
                || input.format()
                        .filter(format -> format.kind() == MediaKind.VIDEO)
                        .isEmpty();
    }

    @Override
    public void gap(Input input, Gap gap, Output out) {
        if (input == current) {
            splice.gap(gap, out);
        }
    }

    @Override
    public void flush(Input input, Flush flush, Output out) {
        if (input == current) {
            out.flush(flush.epoch());
        }
    }

    /** It concerns what goes through; those who are not seen need not do anything. */
    @Override
    public boolean request(Request request) {
        Optional.ofNullable(current).or(this::pending).ifPresent(input -> input.request(request));
        return true;
    }

    @Override
    public void close() {
        current = null;
    }
}
