/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import io.levada.api.media.Region;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Associates what is found in each picture with what is followed, after ByteTrack: first what was found for sure with all
 * tracks, then what is doubtful (half hidden, blurred) with the tracks that were in the picture before and got nothing, which
 * keeps a track through an occlusion without making tracks of noise. What is left of the sure finds goes to tracks
 * that moved faster than was expected, then to those that are not confirmed yet, and at last begins tracks.
 */
final class Tracker {

    /** Least overlap of a doubtful find. */
    private static final double DOUBTFUL_OVERLAP = 0.5;

    /** By how much boxes are made larger for things that moved by nearly their size, and how far those must then overlap. */
    private static final double MARGIN = 0.5;

    private static final double FAST_OVERLAP = 0.4;

    /** More finds in a picture than these are left out, the least sure first: the time that they take grows faster. */
    private static final int MOST_FOUND = 256;

    /** Tracks beyond these are not begun. */
    private static final int MOST_TRACKS = 512;

    /** Nothing can be so far outside of the picture. */
    private static final double FAR = 100;

    /** Told of tracks that begin, when they are confirmed, and of those that end. */
    interface Listener {

        void started(Track track);

        void ended(Track track);
    }

    private final LongSupplier ids;
    private final Listener listener;
    private final Assignment assignment = new Assignment();
    private final List<Track> tracks = new ArrayList<>();
    private final List<Track> waiting = new ArrayList<>();
    private final List<Region> open = new ArrayList<>();
    private final List<Region> doubtful = new ArrayList<>();
    private final List<Track> lately = new ArrayList<>();
    private Settings settings;
    private long time = Long.MIN_VALUE;

    /** @param ids gives out numbers that rise */
    Tracker(Settings settings, LongSupplier ids, Listener listener) {
        this.settings = settings;
        this.ids = ids;
        this.listener = listener;
    }

    void settings(Settings changed) {
        settings = changed;
    }

    /** All that are followed, also those that are not seen at present or not confirmed yet. */
    List<Track> tracks() {
        return tracks;
    }

    /** A picture with what was found in it. */
    void update(List<Region> found, long now) {
        expire(now);
        predict(now);
        sort(found);
        take(Track::confirmed);
        associate(waiting, open, settings.overlap(), 0, now);
        associateOfLate(doubtful, DOUBTFUL_OVERLAP, 0, now);
        associateOfLate(open, FAST_OVERLAP, MARGIN, now);
        waiting.forEach(Track::missed);
        take(track -> !track.confirmed());
        associate(waiting, open, FAST_OVERLAP, MARGIN, now);
        tracks.removeAll(waiting); // seen once or twice, it was noise
        begin(now);
        confirm();
    }

    /** Time has come so far, and nothing was found meanwhile. */
    void expire(long now) {
        for (Iterator<Track> all = tracks.iterator(); all.hasNext(); ) {
            var track = all.next();
            if (now - track.lastSeen() > settings.buffer()) {
                all.remove();
                end(track);
            }
        }
    }

    /** Nothing that was followed is found again. */
    void endAll() {
        var all = List.copyOf(tracks);
        tracks.clear();
        all.forEach(this::end);
        time = Long.MIN_VALUE;
    }

    private void end(Track track) {
        if (track.confirmed()) {
            listener.ended(track);
        }
    }

    private void predict(long now) {
        double seconds = time == Long.MIN_VALUE ? 0 : (now - time) / 1e9;
        time = now;
        for (var track : tracks) {
            track.predict(seconds);
        }
    }

    private void sort(List<Region> found) {
        open.clear();
        doubtful.clear();
        var finds = found;
        if (found.size() > MOST_FOUND) {
            finds = found.stream()
                    .sorted((one, other) -> Double.compare(other.score(), one.score()))
                    .limit(MOST_FOUND)
                    .toList();
        }
        for (var region : finds) {
            if (!box(region)) {
                continue;
            }
            if (region.score() >= settings.highScore()) {
                open.add(region);
            } else if (region.score() >= settings.lowScore()) {
                doubtful.add(region);
            }
        }
    }

    /** Not so where a detector has divided by nothing. */
    private static boolean box(Region region) {
        return region.width() > 0
                && region.height() > 0
                && Math.abs(region.x()) + region.width() < FAR
                && Math.abs(region.y()) + region.height() < FAR;
    }

    private void take(Predicate<Track> which) {
        waiting.clear();
        for (var track : tracks) {
            if (which.test(track)) {
                waiting.add(track);
            }
        }
    }

    /** Who was not in the picture before is found again only for sure, and where it was expected. */
    private void associateOfLate(List<Region> found, double least, double margin, long now) {
        lately.clear();
        for (var track : waiting) {
            if (track.visible()) {
                lately.add(track);
            }
        }
        waiting.removeAll(lately);
        associate(lately, found, least, margin, now);
        waiting.addAll(lately);
    }

    /** What is paired is taken from both. */
    private void associate(List<Track> followed, List<Region> found, double least, double margin, long now) {
        if (followed.isEmpty() || found.isEmpty()) {
            return;
        }
        int[] pairs = assignment.pair(
                followed.size(),
                found.size(),
                least,
                (row, column) -> worth(followed.get(row), found.get(column), margin));
        for (int row = followed.size() - 1; row >= 0; row--) {
            if (pairs[row] >= 0) {
                followed.get(row).found(found.set(pairs[row], null), now);
                followed.remove(row);
            }
        }
        found.removeIf(Objects::isNull);
    }

    private double worth(Track track, Region found, double margin) {
        boolean mayBe = settings.acrossClasses() || track.label().equals(found.label());
        return mayBe ? track.overlap(found, margin) : -1;
    }

    private void confirm() {
        for (var track : tracks) {
            if (!track.confirmed() && track.hits() >= settings.hits()) {
                track.confirm(ids.getAsLong());
                listener.started(track);
            }
        }
    }

    private void begin(long now) {
        for (var region : open) {
            if (region.score() >= settings.startScore() && tracks.size() < MOST_TRACKS) {
                tracks.add(new Track(region, now));
            }
        }
    }
}
