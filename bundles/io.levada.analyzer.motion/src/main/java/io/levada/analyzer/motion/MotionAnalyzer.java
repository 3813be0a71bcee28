/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Finds what moves in front of a fixed camera, by the brightness of the picture alone. While something moves there is an
 * event for each picture with a region for each thing ({@code moving} is true); when it is over there is one more
 * ({@code moving} is false), and then none.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.motion", accepts = "frame:video")
@Designate(ocd = MotionAnalyzer.Config.class)
public final class MotionAnalyzer implements Analyzer<VideoFrame> {

    /** Its parameters; all can be changed while it runs. */
    @ObjectClassDefinition(
            name = "Motion",
            description = "Finds what moves in front of a fixed camera; regions with boxes and scores as events")
    public @interface Config {

        @AttributeDefinition(
                name = "Threshold",
                description = "Least change of brightness that counts, as part of the range from black to white",
                min = "0.005",
                max = "0.5")
        double threshold() default 0.05;

        @AttributeDefinition(
                name = "Least area",
                description = "Smallest thing that counts, as part of the picture's area",
                min = "0",
                max = "1")
        double min$_$area() default 0.003;

        @AttributeDefinition(
                name = "Persistence",
                description = "For how many pictures in a row something must be seen before it counts",
                min = "1",
                max = "100")
        int persistence() default 2;

        @AttributeDefinition(
                name = "Still after",
                description = "Time without a change after which what is in the picture no longer counts as moving")
        String still$_$after() default "2 s";

        @AttributeDefinition(
                name = "Learning",
                description = "Time in which the scene behind what moves is learned; longer is calmer")
        String learning() default "10 s";

        @AttributeDefinition(
                name = "Zones",
                description = "Rectangles to look at, x,y,width,height in parts of the picture, more after a semicolon;"
                        + " all of it when empty",
                required = false)
        String zones() default "";
    }

    private Settings settings;
    private Scene scene;

    @Override
    public void open(StageContext context) throws StageException {
        settings = Settings.of(context.config(Config.class));
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        settings = Settings.of(context.config(Config.class));
        if (scene != null) {
            scene.settings(settings);
        }
        return true;
    }

    @Override
    public void format(Format format) throws StageException {
        if (!(format instanceof VideoFormat video)) {
            throw StageException.invalid("analyzer.motion looks at pictures, not at " + format)
                    .parameter("from")
                    .remedy("let it come from a decoder or a filter of video");
        }
        if (video.memory() != Memory.Kind.HOST) {
            throw StageException.invalid("analyzer.motion can't look at pictures in device memory: " + video)
                    .parameter("from")
                    .remedy("put a download stage in between");
        }
        if (!video.pixelFormat().luma()) {
            throw StageException.invalid("analyzer.motion needs a plane of brightness, which " + video.pixelFormat()
                            + " does not have")
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
        scene = new Scene(video, settings);
    }

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        scene.look(frame, events);
    }

    @Override
    public void flush() {
        if (scene != null) {
            scene.forget();
        }
    }

    @Override
    public void close() {
        scene = null;
    }
}
