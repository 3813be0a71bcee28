/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.media.MediaKind;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Outputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which stream of the container is which track. Tracks live on over rounds, streams are told anew in each. For one thread. */
final class Tracks {

    private final String stage;
    private final Outputs outputs;
    private final Timeline timeline;
    private final boolean discontinuity;
    private final List<Track> all = new ArrayList<>();
    private Demuxer demuxer;
    private Track[] byStream = {};

    /** @param discontinuity whether something is missing before the first packets */
    Tracks(String stage, Outputs outputs, Timeline timeline, boolean discontinuity) {
        this.stage = stage;
        this.outputs = outputs;
        this.timeline = timeline;
        this.discontinuity = discontinuity;
    }

    List<Track> all() {
        return all;
    }

    /** A round begins with these streams. */
    void begin(Demuxer demuxer) {
        this.demuxer = demuxer;
        all.forEach(Track::vanish);
        byStream = new Track[0];
        grow();
    }

    /** The stream's track; null for streams that are not played. Streams may appear in mid-content. */
    Track of(int stream) {
        if (stream >= byStream.length) {
            grow();
        }
        return byStream[stream];
    }

    private void grow() {
        int before = byStream.length;
        var counts = new int[MediaKind.values().length];
        for (int i = 0; i < before; i++) {
            if (byStream[i] != null) {
                counts[byStream[i].format.kind().ordinal()]++;
            }
        }
        byStream = Arrays.copyOf(byStream, demuxer.streams());
        for (int i = before; i < byStream.length; i++) {
            int stream = i;
            demuxer.kind(stream).ifPresent(kind -> bind(stream, kind, ++counts[kind.ordinal()]));
        }
    }

    private void bind(int stream, MediaKind kind, int number) {
        String name = number == 1 ? kind.word() : kind.word() + number;
        var track =
                all.stream().filter(each -> each.name.equals(name)).findFirst().orElseGet(() -> make(name));
        var format = demuxer.format(stream);
        track.begin(format, offset(format.timeBase()));
        byStream[stream] = track;
    }

    private Track make(String name) {
        var track = new Track(name, stage + ":" + name, outputs.track(name), discontinuity);
        all.add(track);
        return track;
    }

    /** From the container's own times to the timeline. */
    private long offset(TimeBase timeBase) {
        return timeline.offset(timeBase) - demuxer.origin(timeBase);
    }

    /** The container's clock was set anew, as a packet of a track shows: goes on where the longest track ends. */
    void jump(long distance, Track at) {
        long end = all.stream().mapToLong(Track::endNanos).max().orElse(0);
        timeline.jump(Math.max(0, end - at.expectedNanos()) - distance);
        for (var track : all) {
            track.jump(offset(track.timeBase));
        }
    }

    /** The round is over: what follows begins where its longest track ends. */
    void endRound() {
        var longest = longest();
        if (longest != null) {
            timeline.next(longest.length(), longest.timeBase);
        }
    }

    /** Nanoseconds of content in this round so far. */
    long length() {
        var longest = longest();
        return longest == null ? 0 : longest.lengthNanos();
    }

    private Track longest() {
        Track longest = null;
        for (var track : all) {
            if (longest == null || track.lengthNanos() > longest.lengthNanos()) {
                longest = track;
            }
        }
        return longest;
    }
}
