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
import io.levada.tensor.picture.TensorParameters;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.Designate;

/** Makes tensors of pictures in host memory: resized, RGB, normalised. The same parameters as gpu.tensor, and the same result. */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "cpu.tensor", role = "tensor", accepts = "frame:video", emits = "tensor:data")
@Designate(ocd = TensorParameters.class)
public final class CpuTensor implements Transform<VideoFrame> {

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
        var config = context.config(TensorParameters.class);
        spec = SpecText.read(config);
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
