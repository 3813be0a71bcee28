/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.Command;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Order;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Tells what the things that {@code analyzer.track} follows do with zones and lines: {@code zone-entered}, {@code zone-left},
 * {@code zone-dwell}, {@code line-crossed}, each with the thing's region and number and the counts of the zone or line. An
 * event {@code zones} has all shapes and counts, whenever one changes and every now and then; an overlay draws them by it.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.zone", accepts = "event", work = Work.BLOCKING)
@Designate(ocd = ZoneAnalyzer.Config.class)
public final class ZoneAnalyzer implements Analyzer<Event>, Controllable {

    /** Its parameters; all can be changed while it runs, and the counts go on. */
    @ObjectClassDefinition(
            name = "Zone",
            description = "Tells what enters and leaves zones, stays in them and crosses lines, and counts it")
    public @interface Config {

        @AttributeDefinition(
                name = "Zones",
                description = "Polygons, NAME: x,y x,y x,y ... in parts of the picture from its top left corner,"
                        + " more after a semicolon",
                required = false)
        String zones() default "";

        @AttributeDefinition(
                name = "Lines",
                description =
                        "NAME: x,y x,y in parts of the picture, more after a semicolon; in is at the right hand of who"
                                + " goes from the first point to the second",
                required = false)
        String lines() default "";

        @AttributeDefinition(
                name = "Anchor",
                description =
                        "The place of a thing: the middle of its box's bottom, where it stands; its centre; or its top",
                options = {
                    @Option(label = "Bottom", value = "bottom"),
                    @Option(label = "Centre", value = "center"),
                    @Option(label = "Top", value = "top")
                })
        String anchor() default "bottom";

        @AttributeDefinition(
                name = "Labels",
                description = "What is watched, such as car, truck; everything when empty",
                required = false)
        String labels() default "";

        @AttributeDefinition(
                name = "Settle",
                description =
                        "For how long a thing must be on the other side before it counts, so that a box that shakes"
                                + " does not")
        String settle() default "300 ms";

        @AttributeDefinition(
                name = "Dwell",
                description = "After how long in a zone there is an event zone-dwell, such as 10 s; 0 for never")
        String dwell() default "0";

        @AttributeDefinition(
                name = "Capacity",
                description =
                        "How many may be in a zone, or have gone in over a line and not out, NAME: NUMBER, more after a"
                                + " semicolon; events zone-full and zone-free tell when it is reached and no more",
                required = false)
        String capacity() default "";

        @AttributeDefinition(
                name = "Lost",
                description = "A thing that is not seen for so long has left, though its track has not ended")
        String lost() default "10 s";

        @AttributeDefinition(
                name = "Report",
                description = "How often all counts are told though none has changed, 1 s or more")
        String report() default "10 s";

        @AttributeDefinition(
                name = "Keep",
                description = "File in which the counts are kept over a restart of the node, such as"
                        + " data/counts/gate.txt, each stage its own; they begin with 0 when empty",
                required = false)
        String keep() default "";
    }

    /** What analyzer.track calls a track that is over. */
    private static final String ENDED = "track-ended";

    private static final String RESET = "reset";
    private static final String SET = "set";

    private final List<Event.Builder> happened = new ArrayList<>();
    private Map<String, Long> tallies;
    private Optional<CountsFile> file = Optional.empty();
    private Watch watch;
    private Report report;
    private Stamp last;

    @Override
    public void open(StageContext context) throws StageException {
        var settings = Settings.of(context.config(Config.class));
        tallies = context.tallies();
        file = file(context);
        report = new Report(new Counts(tallies), settings, happened::add);
        watch = new Watch(settings, report);
        report.of(watch);
        report.gauges(context);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var settings = Settings.of(context.config(Config.class));
        file.ifPresent(before -> before.write(tallies)); // before it is read again
        file = file(context);
        watch.settings(settings);
        report.settings(settings);
        report.gauges(context);
        return true;
    }

    private Optional<CountsFile> file(StageContext context) throws StageException {
        var path = context.config(Config.class).keep().strip();
        if (path.isEmpty()) {
            return Optional.empty();
        }
        var kept = new CountsFile(context.resolve(path), context::warn);
        kept.read(tallies);
        return Optional.of(kept);
    }

    @Override
    public void format(Format format) throws StageException {
        if (!(format instanceof EventFormat events)) {
            throw StageException.invalid("analyzer.zone watches what is followed, it can't take " + format)
                    .parameter("from")
                    .remedy("let it come from an analyzer.track");
        }
        report.format(events);
    }

    @Override
    public void analyze(Event event, EventSink events) {
        if (!goesOn(event.stamp())) {
            return;
        }
        long time = event.stamp().runningTime();
        if (event.subject().equals(ENDED)) {
            event.regions().forEach(region -> watch.end(region.track()));
        } else {
            watch.see(event.regions(), time);
        }
        watch.advance(time);
        tell(event.stamp(), events);
    }

    @Override
    public void advance(Stamp moment, EventSink events) {
        if (goesOn(moment)) {
            watch.advance(moment.runningTime());
            tell(moment, events);
        }
    }

    /** Another epoch ends all tracks; what is from before the last picture is of no use. */
    private boolean goesOn(Stamp stamp) {
        if (last != null && (stamp.epoch() != last.epoch() || !stamp.source().equals(last.source()))) {
            watch.endAll();
        } else if (last != null && stamp.runningTime() < last.runningTime()) {
            return false;
        }
        last = stamp;
        report.moment(stamp);
        return true;
    }

    private void tell(Stamp moment, EventSink events) {
        report.due(moment.runningTime());
        for (var event : happened) {
            events.emit(event.stamp(moment).pts(moment.pts()));
        }
        happened.clear();
        file.ifPresent(kept -> kept.due(tallies, moment.runningTime()));
    }

    @Override
    public void drain(EventSink events) {
        if (last != null) {
            watch.endAll();
            tell(last, events);
        }
    }

    /** All have left, which is told with the first moment of what follows. */
    @Override
    public void flush() {
        watch.endAll();
        last = null;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                new Command(RESET, "[NAME]", "counts of a zone or line, or of all, begin with 0", false),
                new Command(SET, "LINE IN OUT", "counts of a line go on from these numbers", false));
    }

    @Override
    public String standing() {
        return report.toString();
    }

    @Override
    public String control(Order order) throws StageException {
        var arguments = order.arguments();
        if (order.command().equals(RESET) && arguments.size() < 2) {
            report.reset(arguments.isEmpty() ? "" : arguments.get(0));
        } else if (order.command().equals(SET)
                && arguments.size() == 3
                && arguments.subList(1, 3).stream().allMatch(number -> number.matches("[0-9]{1,9}"))) {
            report.set(arguments.get(0), Long.parseLong(arguments.get(1)), Long.parseLong(arguments.get(2)));
        } else {
            throw StageException.invalid("'" + order + "' is no order")
                    .remedy("say "
                            + String.join(
                                    " or ",
                                    commands().stream().map(Command::usage).toList()));
        }
        file.ifPresent(kept -> kept.write(tallies)); // also while nothing comes
        return standing();
    }

    @Override
    public void close() {
        happened.clear();
        file.ifPresent(kept -> kept.write(tallies));
        file = Optional.empty();
    }
}
