package ${package};

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Keeps a snapshot of the stream in a file, in shades of grey (PGM). Put what you do with pictures into {@link #write}. It
 * waits for a disk, so its work is BLOCKING: it does not run on the threads of codecs and analyzers.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "sink.${name}", accepts = "frame:video", work = Work.BLOCKING)
@Designate(ocd = ${stem}Sink.Config.class)
public final class ${stem}Sink implements Sink<VideoFrame> {

    /** Its parameters in a pipeline file, and the form in the console. */
    @ObjectClassDefinition(name = "${stem}", description = "Keeps a snapshot of the stream in a file")
    public @interface Config {

        @AttributeDefinition(name = "Path", description = "The file; one that begins with data/ is in the node's data")
        String path() default "data/${name}.pgm";

        @AttributeDefinition(name = "Every", description = "Write every n-th picture", min = "1", max = "1000000")
        int every() default 25;
    }

    private Config config;
    private Path file;
    private long seen;
    private volatile long written;

    @Override
    public void open(StageContext context) {
        take(context);
        context.gauge("written", () -> written);
    }

    /** Takes changed parameters without a restart. */
    @Override
    public boolean reconfigure(StageContext context) {
        take(context);
        return true;
    }

    private void take(StageContext context) {
        config = context.config(Config.class);
        file = context.resolve(config.path());
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        if (!(format instanceof VideoFormat video)
                || video.memory() != Memory.Kind.HOST
                || !video.pixelFormat().luma()
                || video.pixelFormat().bytesPerPixel() != 1) {
            throw StageException.invalid("sink.${name} writes pictures with a plane of brightness of 8 bits, not " + format)
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
    }

    @Override
    public void process(Input input, VideoFrame frame) throws StageException {
        if (seen++ % config.every() == 0) {
            try {
                write(frame);
                written++; // this thread alone writes it
            } catch (IOException e) {
                throw StageException.retry(file + " can't be written: " + e)
                        .parameter("path")
                        .remedy("see to the directory's rights and room")
                        .because(e);
            }
        }
    }

    /** Beside the file and then over it, so that a reader never sees half a picture. */
    private void write(VideoFrame frame) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var half = file.resolveSibling(file.getFileName() + ".tmp");
        var header = "P5\n" + frame.width() + " " + frame.height() + "\n255\n";
        try (var out = Files.newOutputStream(half);
                var channel = Channels.newChannel(out)) {
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            for (int y = 0; y < frame.height(); y++) {
                channel.write(frame.plane(0).slice(y * frame.stride(0), frame.width()));
            }
        }
        Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        // each picture is in its file already
    }
}
