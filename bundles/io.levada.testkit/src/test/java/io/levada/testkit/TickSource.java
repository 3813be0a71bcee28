/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Clock;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;

/** A well-behaved source of grey pictures, paced by the clock, from which the tests derive misbehaving ones. */
class TickSource implements Source {

    private final Frames frames = Frames.of(16, 16);
    private Clock clock;
    private long start;
    private long count;

    @Override
    public void open(StageContext context) {
        clock = context.clock();
        start = clock.nanoTime();
    }

    @Override
    public boolean produce(Outputs outputs) throws Exception {
        if (!sleep(start + frames.format().timeBase().toNanos(count))) {
            return true;
        }
        outputs.track("video").format(frames.format());
        var frame = frames.at(time(count++)).solid(Color.GRAY);
        made(frame);
        outputs.track("video").emit(frame);
        return true;
    }

    boolean sleep(long nanoTime) {
        return clock.sleepUntil(nanoTime);
    }

    long time(long count) {
        return count;
    }

    void made(VideoFrame frame) {}

    @Override
    public void close() {}
}
