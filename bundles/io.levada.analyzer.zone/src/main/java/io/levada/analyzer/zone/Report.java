/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Counts what happens and words it as events; their moment is for who emits them. */
final class Report implements Watch.Listener {

    /** The picture in which the next report is due may come late; the one before is valid until then. */
    private static final long SLACK_NANOS = 500_000_000;

    /** How many are in a zone: written anew by each instance, as things that were followed are not known to the next. */
    private static final String NOW = ".now";

    private static final String ENTERED = ".entered";
    private static final String LEFT = ".left";
    private static final String IN = ".in";
    private static final String OUT = ".out";

    private final Counts counts;
    private final Consumer<Event.Builder> events;
    private final Set<String> full = new HashSet<>();
    private Settings settings;
    private Watch watch;
    private EventFormat format;
    private Stamp moment;
    private boolean changed = true;
    private long told;

    Report(Counts counts, Settings settings, Consumer<Event.Builder> events) {
        this.counts = counts;
        this.settings = settings;
        this.events = events;
    }

    void of(Watch watch) {
        this.watch = watch;
    }

    void format(EventFormat format) {
        this.format = format;
    }

    void settings(Settings fresh) {
        settings = fresh;
        full.retainAll(fresh.capacity().keySet());
        changed = true;
    }

    /** What follows is about this moment, or, after a flush, about a later one. */
    void moment(Stamp stamp) {
        moment = stamp;
    }

    /** Figures of every zone and line. */
    void gauges(StageContext context) {
        for (var zone : settings.drawn().zones()) {
            context.gauge(zone.name(), () -> counts.of(zone.name() + NOW));
            context.gauge(zone.name() + "-entered", () -> counts.of(zone.name() + ENTERED));
            context.gauge(zone.name() + "-left", () -> counts.of(zone.name() + LEFT));
        }
        for (var line : settings.drawn().lines()) {
            context.gauge(line.name() + "-in", () -> counts.of(line.name() + IN));
            context.gauge(line.name() + "-out", () -> counts.of(line.name() + OUT));
        }
    }

    @Override
    public void entered(Zone zone, Thing thing) {
        counts.add(zone.name() + ENTERED, thing.label());
        happened("zone-entered", zone, thing);
    }

    @Override
    public void left(Zone zone, Thing thing, long nanos) {
        counts.add(zone.name() + LEFT, thing.label());
        happened("zone-left", zone, thing).put("seconds", nanos / 1e9);
    }

    @Override
    public void dwells(Zone zone, Thing thing, long nanos) {
        happened("zone-dwell", zone, thing).put("seconds", nanos / 1e9);
    }

    private Event.Builder happened(String subject, Zone zone, Thing thing) {
        counts.put(zone.name() + NOW, watch.in(zone));
        return event(subject, thing)
                .put("zone", zone.name())
                .put("current", watch.in(zone))
                .put("entered", counts.of(zone.name() + ENTERED))
                .put("left", counts.of(zone.name() + LEFT));
    }

    @Override
    public void crossed(Line line, Thing thing, boolean in) {
        counts.add(line.name() + (in ? IN : OUT), thing.label());
        event("line-crossed", thing)
                .put("line", line.name())
                .put("direction", in ? "in" : "out")
                .put("in", counts.of(line.name() + IN))
                .put("out", counts.of(line.name() + OUT));
    }

    private Event.Builder event(String subject, Thing thing) {
        changed = true;
        var event = Event.about(moment).subject(subject).region(thing.region());
        events.accept(event);
        return event;
    }

    /** All shapes with their counts, when one has changed or it is time. */
    void due(long time) {
        if (!changed && time - told < settings.report() && time >= told) {
            return;
        }
        changed = false;
        told = time;
        settings.capacity().forEach(this::fill);
        var event = Event.about(moment)
                .subject("zones")
                .duration(format.timeBase().fromNanos(settings.report() + SLACK_NANOS));
        for (var zone : settings.drawn().zones()) {
            counts.put(zone.name() + NOW, watch.in(zone));
            event.region(Region.outlined(text(zone), 1, zone.corners()));
            event.put(zone.name(), watch.in(zone));
            put(event, zone.name() + ENTERED);
            put(event, zone.name() + LEFT);
        }
        for (var line : settings.drawn().lines()) {
            event.region(Region.outlined(text(line), 1, List.of(line.from(), line.to())));
            put(event, line.name() + IN);
            put(event, line.name() + OUT);
        }
        events.accept(event);
    }

    /** Tells of a zone or line that has become full, or is no more. */
    private void fill(String name, long capacity) {
        long inside = settings.drawn().zones().stream()
                .filter(zone -> zone.name().equals(name))
                .findAny()
                .map(zone -> (long) watch.in(zone))
                .orElseGet(() -> counts.of(name + IN) - counts.of(name + OUT));
        boolean now = inside >= capacity;
        if (now ? full.add(name) : full.remove(name)) {
            events.accept(Event.about(moment)
                    .subject(now ? "zone-full" : "zone-free")
                    .put("zone", name)
                    .put("current", inside)
                    .put("capacity", capacity));
        }
    }

    private void put(Event.Builder event, String happening) {
        event.put(happening, counts.of(happening));
        counts.byLabel(happening).forEach(entry -> event.put(entry.getKey(), entry.getValue()));
    }

    private String text(Zone zone) {
        return zone.name() + " " + counts.of(zone.name() + NOW);
    }

    private String text(Line line) {
        return line.name() + " in " + counts.of(line.name() + IN) + " out " + counts.of(line.name() + OUT);
    }

    /** @param name of a zone or line; all if empty */
    void reset(String name) throws StageException {
        var all = settings.drawn().names();
        if (!name.isEmpty() && !all.contains(name)) {
            throw unknown(name, all);
        }
        for (var each : name.isEmpty() ? all : List.of(name)) {
            for (var happening : List.of(ENTERED, LEFT, IN, OUT)) {
                counts.reset(each + happening);
            }
        }
        changed = true;
    }

    void set(String name, long in, long out) throws StageException {
        var lines = settings.drawn().lines().stream().map(Line::name).toList();
        if (!lines.contains(name)) {
            throw unknown(name, lines);
        }
        reset(name);
        counts.put(name + IN, in);
        counts.put(name + OUT, out);
    }

    private static StageException unknown(String name, List<String> known) {
        return StageException.invalid("there is no " + name)
                .remedy(known.isEmpty() ? "there are no lines" : "there are " + String.join(", ", known));
    }

    /** In one line. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        settings.drawn().zones().forEach(zone -> all.add(text(zone)));
        settings.drawn().lines().forEach(line -> all.add(text(line)));
        return String.join(", ", all);
    }
}
