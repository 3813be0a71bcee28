/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.CudaPool;
import io.levada.gpu.picture.Crop;
import io.levada.gpu.picture.TensorKernel;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.Matrix;
import io.levada.tensor.picture.TensorSpec;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Brings pictures on the device, or a part of them, to another size, layout or coding of colours. */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "gpu.scale", accepts = "frame:video@cuda", emits = "frame:video@cuda", work = Work.BLOCKING)
@Designate(ocd = GpuScale.Config.class)
public final class GpuScale extends GpuStage<VideoFrame> {

    /** Its parameters. */
    @ObjectClassDefinition(
            name = "Scale on the GPU",
            description = "A part of pictures, another size, another pixel format, other colours")
    public @interface Config {

        @AttributeDefinition(description = "Pixels in a row; 0 for as many as come", min = "0", max = "8192")
        int width() default 0;

        @AttributeDefinition(description = "Rows; 0 for as many as come", min = "0", max = "8192")
        int height() default 0;

        @AttributeDefinition(
                description =
                        "The part that is taken: left and top edge, width and height, in parts of the picture or, where"
                                + " one of them is above 1, in pixels; to the next even ones; all of it when empty",
                required = false)
        String crop() default "";

        @AttributeDefinition(
                description = "How a picture of other proportions is brought to that size",
                options = {
                    @Option(label = "Whole, with grey beside it", value = "letterbox"),
                    @Option(label = "Stretched", value = "stretch"),
                    @Option(label = "Cut off at the sides", value = "crop")
                })
        String fit() default "stretch";

        @AttributeDefinition(description = "How bright the grey is", min = "0", max = "255")
        int pad() default TensorSpec.PADDING;

        @AttributeDefinition(
                description = "Pixel format",
                options = {
                    @Option(label = "As it comes", value = "same"),
                    @Option(label = "nv12", value = "nv12"),
                    @Option(label = "p010le", value = "p010le"),
                    @Option(label = "yuv420p", value = "yuv420p"),
                    @Option(label = "yuv444p", value = "yuv444p"),
                    @Option(label = "gray", value = "gray"),
                    @Option(label = "rgb24", value = "rgb24"),
                    @Option(label = "bgr24", value = "bgr24")
                })
        String format() default "same";

        @AttributeDefinition(
                description = "Matrix of the colours that are put out, for formats that have brightness apart",
                options = {
                    @Option(label = "As it comes", value = "same"),
                    @Option(label = "BT.601", value = "bt601"),
                    @Option(label = "BT.709", value = "bt709"),
                    @Option(label = "BT.2020", value = "bt2020")
                })
        String matrix() default "same";

        @AttributeDefinition(
                description = "Range of the values that are put out, for formats that have brightness apart",
                options = {
                    @Option(label = "As it comes", value = "same"),
                    @Option(label = "16 to 235", value = "limited"),
                    @Option(label = "0 to 255", value = "full")
                })
        String range() default "same";
    }

    private static final int KEPT = 8;

    private Config config;
    private CropText crops;
    private VideoFormat format;
    private CudaPool pool;
    private int[] strides;
    private AutoCloseable work;
    private Step step;

    /** Starts the work for a picture, and says what it reads beside that. */
    private interface Step {
        Memory run(VideoFrame frame, Memory out);
    }

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        config = context.config(Config.class);
        crops = CropText.of(config.crop());
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (!(coming instanceof VideoFormat video) || video.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("gpu.scale takes pictures on the GPU, not " + coming)
                    .parameter("from")
                    .remedy("put a gpu.upload in between, or use filter.ffmpeg");
        }
        leaving();
        on(video.device());
        var crop = crops.of(video);
        format = target(video, crop);
        boolean colours = !format.pixelFormat().luma() && video.pixelFormat().luma();
        if (colours) {
            toColours(video, crop);
        } else {
            resample(video, crop);
        }
        out.format(format);
    }

    /** What codes colours says how: neither the size nor the name of the format has to mean the same any more. */
    private VideoFormat target(VideoFormat from, Crop crop) {
        var pixels = config.format().equals("same") ? from.pixelFormat() : PixelFormat.of(config.format());
        var builder = from.toBuilder()
                .width(config.width() == 0 ? crop.width() : config.width())
                .height(config.height() == 0 ? crop.height() : config.height())
                .pixelFormat(pixels);
        if (pixels.luma()) {
            boolean coded = from.pixelFormat().luma();
            builder.colorSpace(
                            switch (config.matrix()) {
                                case "bt601" -> "smpte170m";
                                case "bt709" -> "bt709";
                                case "bt2020" -> "bt2020nc";
                                default -> Matrix.space(from);
                            })
                    .colorRange(
                            switch (config.range()) {
                                case "limited" -> "tv";
                                case "full" -> "pc";
                                default -> coded && Matrix.full(from) ? "pc" : "tv";
                            });
        }
        return builder.build();
    }

    /** Packed colours are a tensor of bytes, channels last. */
    private void toColours(VideoFormat from, Crop crop) throws StageException {
        var spec = new TensorSpec(
                format.width(),
                format.height(),
                Fit.of(config.fit()),
                false,
                DType.U8,
                format.pixelFormat() == PixelFormat.BGR24,
                1,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
        var kernel = new TensorKernel(stream(), from, crop, spec, config.pad());
        var frames = new VideoFrame[1];
        work = kernel;
        strides = new int[] {3 * format.width()};
        pool = new CudaPool(stream(), KEPT, spec.bytes());
        step = (frame, memory) -> {
            frames[0] = frame;
            stream().await(kernel.tables());
            kernel.run(frames, 1, memory.address(0));
            return kernel.tables();
        };
    }

    private void resample(VideoFormat from, Crop crop) throws StageException {
        var copy = HostCopy.of(format);
        var kernel = new ResampleKernel(stream(), from, crop, format, Fit.of(config.fit()), config.pad());
        work = kernel;
        strides = copy.strides();
        pool = new CudaPool(stream(), KEPT, copy.sizes());
        step = (frame, memory) -> {
            stream().await(kernel.tables());
            kernel.run(frame, memory, strides);
            return kernel.tables();
        };
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) throws StageException {
        begin();
        var memory = pool.take();
        try {
            stream().await(frame.memory());
            var tables = step.run(frame, memory);
            memory.written();
            stream().fence(frame.memory(), memory, tables);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
        launched();
        out.emit(frame.toBuilder().memory(memory).layout(format, strides).build());
    }

    @Override
    void leaving() {
        if (work != null) {
            try {
                work.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            work = null;
        }
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
