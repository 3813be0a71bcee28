package ${package};

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Region;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import java.nio.ByteBuffer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Reports how bright the picture is: an event for each picture, its {@code level} from 0 (black) to 1 (white), with a region
 * around the whole picture that an overlay draws. Put your own analysis into {@link #analyze}.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "analyzer.${name}", accepts = "frame:video")
@Designate(ocd = ${stem}Analyzer.Config.class)
public final class ${stem}Analyzer implements Analyzer<VideoFrame> {

    /** Its parameters in a pipeline file, and the form in the console. */
    @ObjectClassDefinition(name = "${stem}", description = "How bright the picture is")
    public @interface Config {

        @AttributeDefinition(
                name = "Step",
                description = "Look at every n-th pixel of every n-th row",
                min = "1",
                max = "64")
        int step() default 4;
    }

    /** No lock: the platform calls a stage on one thread at a time. */
    private Config config;

    @Override
    public void open(StageContext context) {
        config = context.config(Config.class);
    }

    /** Takes changed parameters without a restart. */
    @Override
    public boolean reconfigure(StageContext context) {
        config = context.config(Config.class);
        return true;
    }

    @Override
    public void format(Format format) throws StageException {
        if (!(format instanceof VideoFormat video)
                || video.memory() != Memory.Kind.HOST
                || !video.pixelFormat().luma()
                || video.pixelFormat().bytesPerPixel() != 1) {
            throw StageException.invalid("analyzer.${name} looks at pictures with a plane of brightness of 8 bits, not at "
                            + format)
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
    }

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        double level = meanLuma(frame) / 255;
        events.emit(Event.about(frame).region(new Region("${name}", level, 0, 0, 1, 1)).put("level", level));
    }

    /** A row of memory may be longer than one of the picture: the stride leads from row to row. */
    private double meanLuma(VideoFrame frame) {
        ByteBuffer luma = frame.plane(0);
        int step = config.step();
        long sum = 0;
        long count = 0;
        for (int y = 0; y < frame.height(); y += step) {
            int row = y * frame.stride(0);
            for (int x = 0; x < frame.width(); x += step) {
                sum += luma.get(row + x) & 0xFF;
                count++;
            }
        }
        return (double) sum / count;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
