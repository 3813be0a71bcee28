/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Draws the regions of events on the pictures that they are about, and on request the time. It draws on a copy, as others
 * may look at the same picture; one with nothing to draw is passed on as it is. Rows of the copies are aligned to
 * {@value Canvas#ALIGNMENT} bytes and padded for encoders.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "filter.overlay", accepts = "frame:video", joins = "event", emits = "same")
@Designate(ocd = OverlayFilter.Config.class)
public final class OverlayFilter implements Transform<Sample> {

    /** Its parameters; all can be changed while it runs. */
    @ObjectClassDefinition(
            name = "Overlay",
            description = "Draws what analyzers found (boxes, zones and lines with labels) and the time on the picture")
    public @interface Config {

        @AttributeDefinition(
                name = "Hold",
                description =
                        "How long boxes stay when no newer ones come, so that they do not flicker, such as 200 ms;"
                                + " events that tell how long they hold, as those of zones, are shown for that long")
        String hold() default "200 ms";

        @AttributeDefinition(
                name = "Colour",
                description =
                        "Of boxes and labels: #RRGGBB, or black, white, red, green, blue, yellow, orange, cyan, magenta")
        String color() default "yellow";

        @AttributeDefinition(
                name = "Thickness",
                description = "Of the lines in pixels, in steps of 2; 0 follows the picture's size",
                min = "0",
                max = "64")
        int thickness() default 0;

        @AttributeDefinition(
                name = "Labels",
                description = "What is written at a box",
                options = {
                    @Option(label = "Nothing", value = "none"),
                    @Option(label = "Label and track", value = "label"),
                    @Option(label = "Label, track and score", value = "label+score")
                })
        String labels() default "label+score";

        @AttributeDefinition(
                name = "Text size",
                description = "Height of the text in pixels, in steps of 8; 0 follows the picture's size",
                min = "0",
                max = "256")
        int text$_$size() default 0;

        @AttributeDefinition(name = "Clock", description = "Whether the time of capture is written on the picture")
        boolean clock() default false;

        @AttributeDefinition(
                name = "Time zone",
                description = "Zone of the clock: UTC, an offset such as +01:00, or a name such as Europe/Lisbon;"
                        + " the node's own when empty",
                required = false)
        String zone() default "";
    }

    private final Boxes boxes = new Boxes();
    private Settings settings;
    private VideoFormat format;
    private Drawing drawing;
    private volatile long drawn;

    @Override
    public void open(StageContext context) throws StageException {
        settings = Settings.of(context.config(Config.class));
        context.gauge("drawn", () -> drawn);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        settings = Settings.of(context.config(Config.class));
        if (format != null) {
            drawing = new Drawing(format, settings);
        }
        return true;
    }

    @Override
    public void format(Input input, Format incoming, Output out) throws StageException {
        if (input.index() == 0) {
            format = drawable(incoming);
            drawing = new Drawing(format, settings);
            out.format(format);
        } else if (incoming instanceof EventFormat events) {
            boxes.format(input.index(), events);
        } else {
            throw StageException.invalid("filter.overlay draws events on the pictures of its first input; "
                            + input.name() + " brings " + incoming)
                    .parameter("from")
                    .remedy("name one input of pictures first, then analyzers");
        }
    }

    private static VideoFormat drawable(Format format) throws StageException {
        if (!(format instanceof VideoFormat video)) {
            throw StageException.invalid("filter.overlay draws on pictures, not on " + format)
                    .parameter("from")
                    .remedy("let its first input come from a decoder or a filter of video");
        }
        if (video.memory() != Memory.Kind.HOST) {
            throw StageException.invalid("filter.overlay can't draw in device memory: " + video)
                    .parameter("from")
                    .remedy("put a download stage in between");
        }
        if (!video.pixelFormat().described()) {
            throw StageException.invalid("filter.overlay can't draw in the pixel format " + video.pixelFormat())
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
        return video;
    }

    @Override
    public void process(Input input, Sample sample, Output out) {
        if (sample instanceof Event event) {
            boxes.take(input.index(), event);
        } else if (sample instanceof VideoFrame frame) {
            draw(frame, out);
        }
    }

    private void draw(VideoFrame frame, Output out) {
        if (drawing.nothingOn(frame, boxes)) {
            frame.retain();
            out.emit(frame);
        } else {
            drawn++; // this thread alone writes it
            out.emit(drawing.on(frame, boxes));
        }
    }

    @Override
    public void gap(Input input, Gap gap, Output out) {
        if (input.index() == 0) {
            out.gap(gap);
        }
    }

    @Override
    public void flush(Input input, Flush flush, Output out) {
        boxes.clear();
        if (input.index() == 0) {
            out.flush(flush.epoch());
        }
    }

    @Override
    public void close() {
        boxes.clear();
        drawing = null;
    }
}
