/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.util.BitSet;
import java.util.Collection;

/** Which tracks a reader takes, and whether each can be decoded by now. For one thread. */
final class ReaderTracks {

    private final BitSet wanted = new BitSet();
    private final BitSet video = new BitSet();
    private final BitSet started = new BitSet();

    ReaderTracks(Collection<TrackDescription> tracks) {
        for (var track : tracks) {
            wanted.set(track.id());
            video.set(track.id(), track.video());
        }
    }

    boolean wants(RtpBatch batch) {
        return wanted.get(batch.track());
    }

    boolean anyVideo() {
        return !video.isEmpty();
    }

    /** Whether the reader can use the batch: video begins with a keyframe, and sound with the picture. */
    boolean usable(RtpBatch batch) {
        int track = batch.track();
        if (!started.get(track)
                && (video.get(track) ? batch.keyframe() : video.isEmpty() || started.intersects(video))) {
            started.set(track);
        }
        return started.get(track);
    }

    /** Something was left out: begin with a keyframe again. */
    void restart() {
        started.clear();
    }

    /** It goes on right after what it had. */
    void resume() {
        started.or(wanted);
    }

    boolean video(RtpBatch batch) {
        return video.get(batch.track());
    }
}
