/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;

/** A well-behaved analyzer: the mean luma of the picture. */
final class BrightnessAnalyzer implements Analyzer<VideoFrame> {

    @interface Config {
        int step() default 4;

        String min$_$area() default "1 %";

        double scale() default 1;
    }

    private Config config;

    @Override
    public void open(StageContext context) {
        config = context.config(Config.class);
        context.gauge("step", () -> config.step());
    }

    @Override
    public boolean reconfigure(StageContext context) {
        config = context.config(Config.class);
        return true;
    }

    @Override
    public void format(Format format) throws StageException {
        if (!(format instanceof VideoFormat video) || !video.pixelFormat().luma()) {
            throw StageException.invalid("brightness needs pictures with a luma plane, not " + format);
        }
    }

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        long sum = 0;
        long count = 0;
        for (int y = 0; y < frame.height(); y += config.step()) {
            for (int x = 0; x < frame.width(); x += config.step()) {
                sum += frame.plane(0).get(y * frame.stride(0) + x) & 255;
                count++;
            }
        }
        events.emit(Event.about(frame).put("level", config.scale() * sum / count / 255.0));
    }

    @Override
    public void close() {}
}
