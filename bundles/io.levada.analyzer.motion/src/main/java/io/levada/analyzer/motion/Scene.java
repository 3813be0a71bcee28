/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.EventSink;

/** What is in front of the camera, for pictures of one format. Allocates nothing but the events. */
final class Scene {

    /** The word for what is found, as subject and as label. */
    private static final String MOTION = "motion";

    /** This part of a thing's cells must have changed lately, or it stands still. */
    private static final double ALIVE = 0.08;

    /** Fewer cells than this are noise, however small a thing may be. */
    private static final int LEAST = 2;

    /** Without a time, pictures are taken to be so many seconds apart. */
    private static final double INTERVAL = 0.04;

    /** A longer pause than this, in seconds, says nothing about how long the scene has been looked at. */
    private static final double LONGEST = 1;

    /** Motion is over when nothing has moved for so many nanoseconds. */
    private static final long QUIET = 400_000_000L;

    private final VideoFormat format;
    private final LumaGrid grid;
    private final Background background;
    private final Blobs blobs;
    private final Blobs.Visitor visitor = this::found;
    private final Finds finds = new Finds();
    private final int[] marks;
    private Settings settings;
    private boolean[] zone;
    private boolean first = true;
    private long timeBefore;
    private boolean moving;
    private long movedLast;
    private int area;

    Scene(VideoFormat format, Settings settings) {
        this.format = format;
        grid = new LumaGrid(format);
        background = new Background(grid.columns(), grid.rows());
        blobs = new Blobs(grid.columns(), grid.rows());
        marks = new int[grid.columns() * grid.rows()];
        settings(settings);
    }

    void settings(Settings settings) {
        this.settings = settings;
        this.zone = settings.zones().mask(grid.columns(), grid.rows());
    }

    void forget() {
        background.forget();
        first = true;
        moving = false;
    }

    void look(VideoFrame frame, EventSink events) {
        double seconds = elapsed(frame.stamp().runningTime());
        boolean known = background.update(grid.of(frame), seconds, settings.threshold(), settings.learning());
        finds.clear();
        area = 0;
        if (known) {
            mark();
            float recent = (float) settings.stillAfter();
            blobs.visit(marks, background.contrast(), background.sinceChange(), recent, visitor);
        }
        tell(frame, events);
    }

    private double elapsed(long time) {
        double seconds = first ? INTERVAL : (time - timeBefore) / 1e9;
        first = false;
        timeBefore = time;
        return seconds > 0 ? Math.min(seconds, LONGEST) : INTERVAL;
    }

    /** Counts for how many pictures a cell in a zone has been foreground. */
    private void mark() {
        boolean[] foreground = background.foreground();
        for (int i = 0; i < marks.length; i++) {
            marks[i] = foreground[i] && zone[i] ? marks[i] + 1 : 0;
        }
    }

    private void found(Blobs blob) {
        if (blob.cells() >= Math.max(LEAST, settings.leastArea() * marks.length)
                && blob.oldest() >= settings.persistence()
                && blob.changed() >= ALIVE * blob.cells()) {
            finds.add(blob);
            area += blob.cells();
        }
    }

    private void tell(VideoFrame frame, EventSink events) {
        long time = frame.stamp().runningTime();
        if (finds.count() > 0) {
            moving = true;
            movedLast = time;
            events.emit(event(frame));
        } else if (moving && (time - movedLast >= QUIET || time < movedLast)) {
            moving = false;
            events.emit(Event.about(frame).subject(MOTION).put("moving", false));
        }
    }

    private Event.Builder event(VideoFrame frame) {
        var event = Event.about(frame).subject(MOTION).put("moving", true).put("area", (double) area / marks.length);
        for (int i = 0; i < finds.count(); i++) {
            double x = (double) finds.left(i) * grid.cell() / format.width();
            double y = (double) finds.top(i) * grid.cell() / format.height();
            double right = edge(finds.right(i), grid.columns(), format.width());
            double bottom = edge(finds.bottom(i), grid.rows(), format.height());
            double score = finds.contrast(i) / (1 + finds.contrast(i));
            event.region(new Region(MOTION, score, x, y, right - x, bottom - y));
        }
        return event;
    }

    /** Where a cell ends; the last one takes in what is left of the picture. */
    private double edge(int behind, int last, int size) {
        return behind == last ? 1 : (double) behind * grid.cell() / size;
    }
}
