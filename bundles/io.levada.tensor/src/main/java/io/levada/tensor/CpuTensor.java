/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor;

import io.levada.api.media.Format;
import io.levada.api.media.HostMemory;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.Stamp;
import io.levada.api.media.Tensor;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.tensor.picture.PictureTensor;
import io.levada.tensor.picture.SpecText;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Makes tensors of pictures in host memory: resized, RGB, normalised. The same parameters as gpu.tensor, and the same result. */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "cpu.tensor", role = "tensor", accepts = "frame:video", emits = "tensor:data")
@Designate(ocd = CpuTensor.Config.class)
public final class CpuTensor implements Transform<VideoFrame> {

    /** Its parameters. */
    @ObjectClassDefinition(name = "Tensor on the CPU", description = "Pictures to tensors: resized, RGB, normalised")
    public @interface Config {

        @AttributeDefinition(name = "Width", description = "Elements in a row", min = "1", max = "8192")
        int width() default 640;

        @AttributeDefinition(name = "Height", description = "Rows", min = "1", max = "8192")
        int height() default 640;

        @AttributeDefinition(
                name = "Fit",
                description = "How a picture of other proportions is brought to that size",
                options = {
                    @Option(label = "Whole, with grey (114) beside it", value = "letterbox"),
                    @Option(label = "Stretched", value = "stretch"),
                    @Option(label = "Cut off at the sides", value = "crop")
                })
        String fit() default "letterbox";

        @AttributeDefinition(
                name = "Layout",
                description = "Order of the dimensions: batch, channels, height, width",
                options = {
                    @Option(label = "Channels first", value = "nchw"),
                    @Option(label = "Channels last", value = "nhwc")
                })
        String layout() default "nchw";

        @AttributeDefinition(
                name = "Element type",
                description = "u8 holds colours from 0 to 255; scale, mean and std are for the others",
                options = {
                    @Option(label = "8 bit", value = "u8"),
                    @Option(label = "Half float", value = "f16"),
                    @Option(label = "Float", value = "f32")
                })
        String dtype() default "f32";

        @AttributeDefinition(
                name = "Order",
                description = "Which colour comes first",
                options = {@Option(label = "Red", value = "rgb"), @Option(label = "Blue", value = "bgr")})
        String order() default "rgb";

        @AttributeDefinition(
                name = "Scale",
                description = "The colours' values, 0 to 255, are multiplied by it; a number or a fraction")
        String scale() default "1/255";

        @AttributeDefinition(
                name = "Mean",
                description = "Subtracted after that: one number, or one each for red, green and blue")
        String mean() default "0";

        @AttributeDefinition(
                name = "Standard deviation",
                description = "Divides after that: one number, or one each for red, green and blue")
        String std() default "1";

        @AttributeDefinition(name = "Batch", description = "Pictures in a tensor", min = "1", max = "1024")
        int batch() default 1;
    }

    /** Idle tensors that are kept: what links hold and the stage fills. */
    private static final int KEPT = 8;

    private TensorSpec spec;
    private int batch;
    private VideoFormat format;
    private PictureTensor pictures;
    private HostMemoryPool pool;
    private HostMemory filling;
    private final List<Stamp> rows = new ArrayList<>();
    private long pts;
    private long duration;

    @Override
    public void open(StageContext context) throws StageException {
        read(context);
    }

    private void read(StageContext context) throws StageException {
        var config = context.config(Config.class);
        spec = SpecText.read(
                config.width(),
                config.height(),
                config.fit(),
                config.layout(),
                config.dtype(),
                config.order(),
                config.scale(),
                config.mean(),
                config.std());
        batch = config.batch();
        SpecText.checkSize(spec, batch);
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (!(coming instanceof VideoFormat video)) {
            throw StageException.invalid("cpu.tensor makes tensors of pictures, not of " + coming)
                    .parameter("from")
                    .remedy("let it come from a decoder or a filter of video");
        }
        pictures = PictureTensor.of("cpu.tensor", video, spec);
        format = video;
        pool = new HostMemoryPool(KEPT, Math.multiplyExact(batch, spec.bytes()));
        out.format(spec.format(batch, video));
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) {
        if (filling == null) {
            filling = pool.take();
        }
        pictures.write(frame, filling.writable(0), rows.size() * spec.bytes());
        rows.add(frame.stamp());
        pts = frame.pts();
        duration = frame.duration();
        if (rows.size() == batch) {
            emit(out);
        }
    }

    /** With the times of its last picture. */
    private void emit(Output out) {
        var tensor = Tensor.over(filling, spec.format(rows.size(), format))
                .rows(rows)
                .stamp(rows.get(rows.size() - 1))
                .pts(pts)
                .duration(duration)
                .build();
        filling = null;
        rows.clear();
        out.emit(tensor);
    }

    /** What there is of a batch goes out as a smaller one. */
    @Override
    public void drain(Output out) {
        if (!rows.isEmpty()) {
            out.format(spec.format(rows.size(), format));
            emit(out);
            out.format(spec.format(batch, format));
        }
    }

    @Override
    public void flush() {
        rows.clear();
        if (filling != null) {
            filling.release();
            filling = null;
        }
    }

    @Override
    public void close() {
        flush();
    }
}
