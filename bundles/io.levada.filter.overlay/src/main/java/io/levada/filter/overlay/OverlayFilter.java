/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.filter.overlay.drawing.Boxes;
import io.levada.filter.overlay.drawing.Drawing;
import io.levada.filter.overlay.drawing.Overlay;
import io.levada.filter.overlay.drawing.OverlayParameters;
import io.levada.filter.overlay.drawing.Settings;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Draws the regions of events on the pictures that they are about, and on request the time. It draws on a copy, as others
 * may look at the same picture; one with nothing to draw is passed on as it is. Rows of the copies are aligned to
 * {@value HostCanvas#ALIGNMENT} bytes and padded for encoders.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "filter.overlay", accepts = "frame:video", joins = "event", emits = "same")
@Designate(ocd = OverlayParameters.class)
public final class OverlayFilter implements Overlay {

    private final Boxes boxes = new Boxes();
    private Settings settings;
    private HostCanvas canvas;
    private Drawing drawing;
    private volatile long drawn;

    @Override
    public void open(StageContext context) throws StageException {
        settings = Settings.of(context.config(OverlayParameters.class));
        context.gauge("drawn", () -> drawn);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        settings = Settings.of(context.config(OverlayParameters.class));
        if (canvas != null) {
            drawing = new Drawing(canvas, settings);
        }
        return true;
    }

    @Override
    public Boxes boxes() {
        return boxes;
    }

    @Override
    public void format(VideoFormat pictures, Output out) throws StageException {
        if (pictures.memory() != Memory.Kind.HOST) {
            throw StageException.invalid("filter.overlay can't draw in device memory: " + pictures)
                    .parameter("from")
                    .remedy("put a download stage in between, or use gpu.overlay");
        }
        canvas = new HostCanvas(pictures);
        drawing = new Drawing(canvas, settings);
        out.format(pictures);
    }

    @Override
    public void draw(VideoFrame frame, Output out) {
        if (drawing.nothingOn(frame.stamp(), boxes)) {
            frame.retain();
            out.emit(frame);
        } else {
            drawn++; // this thread alone writes it
            var memory = canvas.begin(frame);
            drawing.on(frame.stamp(), boxes);
            out.emit(canvas.finish(memory, frame));
        }
    }

    @Override
    public void close() {
        boxes.clear();
        canvas = null;
        drawing = null;
    }
}
