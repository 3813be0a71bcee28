/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.TimeBase;
import org.junit.jupiter.api.Test;

/** RFC 3550, 6.4.1: sender's reports say how the tracks of one sender lie to each other. */
class StreamClockTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long WALL = 1_700_000_000L * SECOND;
    private static final double TICK = 0.1;

    private final StreamClock clock = new StreamClock(5 * SECOND);
    private final TrackClock video = clock.track(new TimeBase(1, 90_000));
    private final TrackClock audio = clock.track(new TimeBase(1, 48_000));

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    @Test
    void theFirstBeginsAtTheStartAndTheOthersWhenTheyCome() {
        clock.next(video, 1000, 77 * SECOND);
        clock.next(audio, 1 << 20, 77 * SECOND + 30 * MILLI);
        assertEquals(5000, millis(video.running(1000)), TICK);
        assertEquals(5030, millis(audio.running(1 << 20)), TICK);
        assertEquals(6000, millis(video.running(1000 + 90_000)), TICK);
    }

    @Test
    void reportsThatCameFirstPlaceTheTracksExactly() {
        clock.report(video, WALL, 90_000);
        clock.report(audio, WALL, 48_000);
        clock.next(video, 2 * 90_000, SECOND); // a second after WALL
        clock.next(audio, 48_000 + 4_800, SECOND + 200 * MILLI); // a tenth after WALL, and later than that
        assertEquals(-900, millis(audio.running(52_800) - video.running(180_000)), TICK);
    }

    @Test
    void aTrackThatLiesTooEarlyIsPutLater() {
        clock.next(video, 0, SECOND);
        clock.next(audio, 0, SECOND);
        clock.report(video, WALL, 0);
        clock.report(audio, WALL + 30 * MILLI, 0);
        assertEquals(5000, millis(video.running(0)), TICK);
        assertEquals(5030, millis(audio.running(0)), TICK);
    }

    @Test
    void aTrackThatLiesTooLateMovesTheOthers_forNoneGoesBack() {
        clock.next(video, 0, SECOND);
        clock.next(audio, 0, SECOND + 500 * MILLI);
        clock.report(video, WALL, 0);
        clock.report(audio, WALL, 0);
        assertEquals(5500, millis(audio.running(0)), TICK);
        assertEquals(5500, millis(video.running(0)), TICK);
        clock.report(video, WALL + SECOND, 90_000);
        assertEquals(5500, millis(video.running(0)), TICK, "the same once more changes nothing");
    }

    @Test
    void smallDriftIsNotFollowedAndLargerIs() {
        clock.next(video, 0, SECOND);
        clock.next(audio, 0, SECOND);
        clock.report(video, WALL, 0);
        clock.report(audio, WALL, 0);
        clock.report(audio, WALL + 10 * SECOND + 20 * MILLI, 480_000);
        assertEquals(5000, millis(audio.running(0)), TICK);
        clock.report(audio, WALL + 20 * SECOND + 60 * MILLI, 960_000);
        assertEquals(5060, millis(audio.running(0)), TICK);
    }

    @Test
    void aWallClockThatIsSetMovesNothing() {
        clock.next(video, 0, SECOND);
        clock.next(audio, 0, SECOND);
        clock.report(video, WALL, 0);
        clock.report(audio, WALL, 0);
        clock.report(video, WALL + 3600 * SECOND, 90_000);
        clock.report(audio, WALL + 3600 * SECOND, 48_000);
        assertEquals(5000, millis(video.running(0)), TICK);
        assertEquals(5000, millis(audio.running(0)), TICK);
    }

    @Test
    void aReportIsAboutTheTimeNearestToIt_whereTimestampsWrap() {
        long late = (1L << 32) + 90_000;
        clock.next(video, late, SECOND);
        clock.report(video, WALL, 0); // a second before, at 2^32
        assertTrue(video.reported());
        assertEquals(WALL + SECOND, video.wallTime(late), 1000);
    }

    @Test
    void anotherClockFollowsWhatCame() {
        clock.next(video, 0, SECOND);
        clock.next(video, 90_000, SECOND + MILLI); // a second of pictures at once
        video.forget();
        clock.next(video, 7, SECOND + 2 * MILLI);
        assertEquals(6001, millis(video.running(7)), TICK);
    }
}
