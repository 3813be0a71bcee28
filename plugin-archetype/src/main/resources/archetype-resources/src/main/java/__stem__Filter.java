package ${package};

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Format;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import java.nio.ByteBuffer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Makes pictures brighter or darker. It works on a copy, as others may look at the same picture. Put your own work on the
 * picture into {@link #brighten}.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "filter.${name}", accepts = "frame:video", emits = "same")
@Designate(ocd = ${stem}Filter.Config.class)
public final class ${stem}Filter implements Transform<VideoFrame> {

    /** Its parameters in a pipeline file, and the form in the console. */
    @ObjectClassDefinition(name = "${stem}", description = "Makes pictures brighter or darker")
    public @interface Config {

        @AttributeDefinition(
                name = "Gain",
                description = "What brightness is multiplied by; 1 leaves the picture as it is",
                min = "0",
                max = "8")
        double gain() default 1.5;
    }

    /** What native consumers like rows to begin at, in bytes. */
    private static final int ALIGNMENT = 64;

    /** Pictures kept for reuse: what the links behind a filter hold at a time. */
    private static final int KEPT = 8;

    /** No lock: the platform calls a stage on one thread at a time. */
    private Config config;
    private VideoFormat format;
    private int[] strides;
    private HostMemoryPool pool;

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
    public void format(Input input, Format incoming, Output out) throws StageException {
        if (!(incoming instanceof VideoFormat video)
                || video.memory() != Memory.Kind.HOST
                || !video.pixelFormat().luma()
                || video.pixelFormat().bytesPerPixel() != 1) {
            throw StageException.invalid("filter.${name} works on pictures with a plane of brightness of 8 bits, not on "
                            + incoming)
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
        format = video;
        var pixels = format.pixelFormat();
        strides = new int[pixels.planes()];
        int[] sizes = new int[strides.length];
        for (int plane = 0; plane < strides.length; plane++) {
            int row = pixels.rowBytes(plane, format.width());
            strides[plane] = (row + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            sizes[plane] = strides[plane] * pixels.rows(plane, format.height());
        }
        pool = new HostMemoryPool(KEPT, sizes);
        out.format(format);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) {
        if (config.gain() == 1) {
            frame.retain(); // it was lent, and emitting gives a reference away
            out.emit(frame);
            return;
        }
        var memory = pool.take();
        for (int plane = 0; plane < strides.length; plane++) {
            copy(frame, plane, memory.writable(plane));
        }
        brighten(memory.writable(0));
        out.emit(frame.toBuilder().memory(memory).layout(format, strides).build());
    }

    /** A row of memory may be longer than one of the picture, and not as long here as there. */
    private void copy(VideoFrame frame, int plane, ByteBuffer to) {
        var pixels = format.pixelFormat();
        int row = pixels.rowBytes(plane, format.width());
        for (int y = 0; y < pixels.rows(plane, format.height()); y++) {
            to.put(y * strides[plane], frame.plane(plane), y * frame.stride(plane), row);
        }
    }

    private void brighten(ByteBuffer luma) {
        double gain = config.gain();
        for (int y = 0; y < format.height(); y++) {
            int row = y * strides[0];
            for (int x = 0; x < format.width(); x++) {
                luma.put(row + x, (byte) Math.min(255, Math.round((luma.get(row + x) & 0xFF) * gain)));
            }
        }
    }

    @Override
    public void close() {
        // the pool goes with this object, and what consumers still hold they release
    }
}
