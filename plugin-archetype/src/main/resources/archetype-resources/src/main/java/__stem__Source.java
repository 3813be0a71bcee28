package ${package};

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Pacer;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import java.nio.ByteBuffer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Makes a picture that fades from black to white, once a second. Put what your device delivers into {@link #paint}. */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "source.${name}", emits = "frame:video")
@Designate(ocd = ${stem}Source.Config.class)
public final class ${stem}Source implements Source {

    /** Its parameters in a pipeline file, and the form in the console. */
    @ObjectClassDefinition(name = "${stem}", description = "A picture that fades from black to white")
    public @interface Config {

        @AttributeDefinition(name = "Width", description = "Pixels in a row", min = "16", max = "4096")
        int width() default 320;

        @AttributeDefinition(name = "Height", description = "Rows of the picture", min = "16", max = "4096")
        int height() default 240;

        @AttributeDefinition(name = "Rate", description = "Pictures a second", min = "1", max = "120")
        int rate() default 25;
    }

    /** What native consumers like rows to begin at, in bytes. */
    private static final int ALIGNMENT = 64;

    /** Pictures kept for reuse: what the links behind a source hold at a time. */
    private static final int KEPT = 8;

    private static final byte GREY = (byte) 128;

    private StageContext context;
    private VideoFormat format;
    private int[] strides;
    private HostMemoryPool pool;
    private Pacer pacer;
    private String track;
    private Output output;
    private long first;
    private long count;

    @Override
    public void open(StageContext context) {
        this.context = context;
        var config = context.config(Config.class);
        format = VideoFormat.of(config.width(), config.height(), PixelFormat.YUV420P)
                .colorRange("pc")
                .frameRate(new Rational(config.rate(), 1))
                .timeBase(new TimeBase(1, config.rate()))
                .build();
        var pixels = format.pixelFormat();
        strides = new int[pixels.planes()];
        int[] sizes = new int[strides.length];
        for (int plane = 0; plane < strides.length; plane++) {
            int row = pixels.rowBytes(plane, format.width());
            strides[plane] = (row + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            sizes[plane] = strides[plane] * pixels.rows(plane, format.height());
        }
        pool = new HostMemoryPool(KEPT, sizes);
        pacer = new Pacer(context.clock());
    }

    /** The first call is where a device would be connected to: a {@code StageException.retry} brings another try later. */
    @Override
    public boolean produce(Outputs outputs) {
        if (output == null) {
            track = context.id() + ":video";
            first = format.timeBase().fromNanos(context.runningStart());
            output = outputs.track("video");
            output.format(format);
        }
        long pts = first + count;
        long runningTime = format.timeBase().toNanos(pts);
        if (pacer.await(runningTime)) {
            output.emit(picture(pts, runningTime));
            count++;
        }
        return true;
    }

    private VideoFrame picture(long pts, long runningTime) {
        var clock = context.clock();
        var stamp = Stamp.of(
                track, context.firstEpoch(), pts, runningTime, clock.nanoTime(), clock.wallTime());
        var memory = pool.take();
        int rate = format.timeBase().den();
        paint(memory.writable(0), (byte) (255 * (count % rate) / Math.max(1, rate - 1)));
        paint(memory.writable(1), GREY);
        paint(memory.writable(2), GREY);
        return VideoFrame.over(memory, format, strides)
                .stamp(stamp)
                .pts(pts)
                .duration(1)
                .keyframe(true)
                .build();
    }

    private static void paint(ByteBuffer plane, byte value) {
        for (int i = 0; i < plane.limit(); i++) {
            plane.put(i, value);
        }
    }

    @Override
    public void close() {
        // the pool goes with this object, and what consumers still hold they release
    }
}
