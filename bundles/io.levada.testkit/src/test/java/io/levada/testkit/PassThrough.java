/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Format;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import java.util.ArrayDeque;
import java.util.Deque;

/** A well-behaved transform that holds one frame back, from which the tests derive misbehaving ones. */
class PassThrough implements Transform<VideoFrame> {

    final Deque<VideoFrame> held = new ArrayDeque<>();
    String name;

    @Override
    public void open(StageContext context) throws Exception {
        name = context.id();
    }

    @Override
    public void format(Input input, Format format, Output out) throws Exception {
        if (!(format instanceof VideoFormat video) || !video.pixelFormat().described()) {
            throw StageException.invalid("not for " + format);
        }
        out.format(format);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) throws Exception {
        frame.retain();
        held.add(frame);
        if (held.size() > 1) {
            out.emit(held.remove());
        }
    }

    @Override
    public void flush() throws Exception {
        held.forEach(VideoFrame::release);
        held.clear();
    }

    @Override
    public void drain(Output out) throws Exception {
        held.forEach(out::emit);
        held.clear();
    }

    @Override
    public void close() throws Exception {
        flush();
    }
}
