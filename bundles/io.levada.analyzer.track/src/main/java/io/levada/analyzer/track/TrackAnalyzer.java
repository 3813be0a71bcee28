/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Follows what a detector finds. For each of its events there is one of the subject {@code track} with the regions of the
 * things that were found, each under a number that stays its own. When a thing was seen often enough there is an event
 * {@code track-started} before it, and when it was not seen for the buffer's time, or the stream began anew or ended, one
 * {@code track-ended} with its last box, the {@code seconds} for which it was seen, in how many {@code pictures}, and why it
 * is over. A number is not given twice while the stage is in its pipeline.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.track", accepts = "event", work = Work.LIGHT)
@Designate(ocd = TrackAnalyzer.Config.class)
public final class TrackAnalyzer implements Analyzer<Event> {

    /** Its parameters; all can be changed while it runs. */
    @ObjectClassDefinition(
            name = "Track",
            description = "Follows what a detector finds from picture to picture and numbers it (ByteTrack)")
    public @interface Config {

        @AttributeDefinition(
                name = "High score",
                description = "Score from which on a find is sure: it is looked for among all tracks",
                min = "0",
                max = "1")
        double high$_$score() default 0.5;

        @AttributeDefinition(
                name = "Low score",
                description =
                        "Least score that counts; between low and high a find goes on a track but never begins one",
                min = "0",
                max = "1")
        double low$_$score() default 0.1;

        @AttributeDefinition(
                name = "Start score",
                description = "Score from which on a find begins a track; no less than the high score",
                min = "0",
                max = "1")
        double start$_$score() default 0.5;

        @AttributeDefinition(
                name = "Overlap",
                description = "How far a find must cover the box that is expected, as intersection over union",
                min = "0.01",
                max = "1")
        double overlap() default 0.3;

        @AttributeDefinition(
                name = "Least hits",
                description = "In how many pictures in a row a thing must be found before it is a track",
                min = "1",
                max = "100")
        int min$_$hits() default 3;

        @AttributeDefinition(
                name = "Buffer",
                description = "For how long a thing that is not seen is looked for under its number, such as 2 s")
        String buffer() default "2 s";

        @AttributeDefinition(
                name = "Across classes",
                description =
                        "Whether a track may go on with a find of another label, for detectors that take a van now"
                                + " for a car, now for a truck")
        boolean across$_$classes() default false;
    }

    static final String TRACK = "track";
    static final String STARTED = "track-started";
    static final String ENDED = "track-ended";

    private static final String LOST = "lost";
    private static final String ANEW = "stream began anew";
    private static final String OVER = "stream ended";

    /** The tally of the numbers. */
    private static final String NUMBERS = "tracks";

    /** A track that is over, and why. */
    private record Ended(Track track, String reason) {}

    private final List<Track> started = new ArrayList<>();
    private final List<Ended> ended = new ArrayList<>();
    private Tracker tracker;
    private Stamp last;
    private String reason = LOST;
    private boolean shown;
    private volatile long visible;
    private volatile long followed;
    private volatile long total;

    @Override
    public void open(StageContext context) throws StageException {
        Map<String, Long> tallies = context.tallies();
        tracker = new Tracker(
                Settings.of(context.config(Config.class)),
                () -> tallies.merge(NUMBERS, 1L, Long::sum),
                new Tracker.Listener() {
                    @Override
                    public void started(Track track) {
                        started.add(track);
                        total++; // this thread alone writes it
                    }

                    @Override
                    public void ended(Track track) {
                        ended.add(new Ended(track, reason));
                    }
                });
        context.gauge("visible", () -> visible);
        context.gauge("followed", () -> followed);
        context.gauge("started", () -> total);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        tracker.settings(Settings.of(context.config(Config.class)));
        return true;
    }

    @Override
    public void format(Format format) throws StageException {
        if (!(format instanceof EventFormat)) {
            throw StageException.invalid("analyzer.track follows what a detector finds, it can't take " + format)
                    .parameter("from")
                    .remedy("let it come from an analyzer that puts out regions, such as analyzer.motion");
        }
    }

    @Override
    public void analyze(Event event, EventSink events) {
        if (!goesOn(event.stamp(), events)) {
            return;
        }
        tracker.update(event.regions(), event.stamp().runningTime());
        tellEnded(event.stamp(), event.preroll(), events);
        for (var track : started) {
            events.emit(about(event.stamp(), event.preroll()).subject(STARTED).region(track.region()));
        }
        started.clear();
        tellPicture(event, events);
    }

    /** Another epoch ends all tracks; what is from before the last picture is of no use. */
    private boolean goesOn(Stamp stamp, EventSink events) {
        if (last != null && (stamp.epoch() != last.epoch() || !stamp.source().equals(last.source()))) {
            endAll(ANEW);
            tellEnded(stamp, false, events);
        } else if (last != null && stamp.runningTime() < last.runningTime()) {
            return false;
        }
        last = stamp;
        return true;
    }

    private void tellPicture(Event event, EventSink events) {
        var picture = Event.about(event).subject(TRACK);
        long count = 0;
        for (var track : tracker.tracks()) {
            if (track.confirmed() && track.visible()) {
                picture.region(track.region());
                count++;
            }
        }
        if (count > 0 || shown) {
            events.emit(picture.put("tracks", count));
        }
        shown = count > 0;
        visible = count;
        followed = tracker.tracks().stream().filter(Track::confirmed).count();
    }

    @Override
    public void advance(Stamp moment, EventSink events) {
        if (!goesOn(moment, events)) {
            return;
        }
        tracker.expire(moment.runningTime());
        tellEnded(moment, false, events);
    }

    private void tellEnded(Stamp stamp, boolean preroll, EventSink events) {
        for (var over : ended) {
            events.emit(about(stamp, preroll)
                    .subject(ENDED)
                    .region(over.track.region())
                    .put("seconds", over.track.age() / 1e9)
                    .put("pictures", (long) over.track.hits())
                    .put("reason", over.reason));
        }
        if (!ended.isEmpty()) {
            ended.clear();
            followed = tracker.tracks().stream().filter(Track::confirmed).count();
        }
    }

    private static Event.Builder about(Stamp stamp, boolean preroll) {
        return Event.about(stamp).preroll(preroll);
    }

    @Override
    public void drain(EventSink events) {
        if (last != null) {
            endAll(OVER);
            tellEnded(last, false, events);
        }
    }

    /** What was followed ended before; it is told with the first moment of what follows. */
    @Override
    public void flush() {
        endAll(ANEW);
        last = null;
    }

    private void endAll(String why) {
        reason = why;
        tracker.endAll();
        reason = LOST;
        visible = 0;
        followed = 0;
    }

    @Override
    public void close() {
        ended.clear();
        started.clear();
    }
}
