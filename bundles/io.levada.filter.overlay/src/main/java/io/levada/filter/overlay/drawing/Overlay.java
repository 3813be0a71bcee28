/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;

/** What stages that draw have in common: pictures on the first input, what is drawn on them on the others. */
public interface Overlay extends Transform<Sample> {

    /** What there is to be drawn. */
    Boxes boxes();

    /** Pictures follow. */
    void format(VideoFormat pictures, Output out) throws StageException;

    /** Puts out a picture, drawn on. */
    void draw(VideoFrame frame, Output out) throws StageException;

    @Override
    default void format(Input input, Format format, Output out) throws StageException {
        if (input.index() == 0 && format instanceof VideoFormat pictures) {
            if (!pictures.pixelFormat().described()) {
                throw StageException.invalid("can't draw in the pixel format " + pictures.pixelFormat())
                        .parameter("from")
                        .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
            }
            format(pictures, out);
        } else if (input.index() > 0 && format instanceof EventFormat events) {
            boxes().format(input.index(), events);
        } else {
            throw StageException.invalid("events are drawn on the pictures of the first input; " + input.name()
                            + " brings " + format)
                    .parameter("from")
                    .remedy("name one input of pictures first, from a decoder or a filter, then analyzers");
        }
    }

    @Override
    default void process(Input input, Sample sample, Output out) throws StageException {
        if (sample instanceof Event event) {
            boxes().take(input.index(), event);
        } else if (sample instanceof VideoFrame frame) {
            draw(frame, out);
        }
    }

    @Override
    default void gap(Input input, Gap gap, Output out) {
        if (input.index() == 0) {
            out.gap(gap);
        }
    }

    @Override
    default void flush(Input input, Flush flush, Output out) {
        boxes().clear();
        if (input.index() == 0) {
            out.flush(flush.epoch());
        }
    }
}
