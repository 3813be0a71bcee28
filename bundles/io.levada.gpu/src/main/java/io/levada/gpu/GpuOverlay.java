/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.PinnedPool;
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
 * Draws on the device what {@code filter.overlay} draws on the host, with the same parameters: where what lies is said by the CPU,
 * a list of rectangles goes to the device, and a kernel paints them on a copy, as others may look at the same picture. One with
 * nothing to draw is passed on as it is.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "gpu.overlay",
        accepts = "frame:video@cuda",
        joins = "event",
        emits = "frame:video@cuda",
        work = Work.BLOCKING)
@Designate(ocd = OverlayParameters.class)
public final class GpuOverlay extends GpuStage<Sample> implements Overlay {

    private static final int KEPT = 8;

    /** Bytes of a list. */
    private static final int LEAST = 1 << 12;

    private final Boxes boxes = new Boxes();
    private Settings settings;
    private HostCopy copy;
    private VideoFormat format;
    private Rectangles rectangles;
    private Drawing drawing;
    private OverlayKernel kernel;
    private CudaPool pool;
    private PinnedPool staging;
    private CudaPool lists;
    private int longest;
    private volatile long drawn;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        settings = Settings.of(context.config(OverlayParameters.class));
        context.gauge("drawn", () -> drawn);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        settings = Settings.of(context.config(OverlayParameters.class));
        if (rectangles != null) {
            drawing = new Drawing(rectangles, settings);
        }
        return true;
    }

    @Override
    public Boxes boxes() {
        return boxes;
    }

    @Override
    public void format(VideoFormat pictures, Output out) throws StageException {
        if (pictures.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("gpu.overlay draws on pictures on the GPU, not on " + pictures)
                    .parameter("from")
                    .remedy("put a gpu.upload in between, or use filter.overlay");
        }
        leaving();
        on(pictures.device());
        format = pictures;
        copy = HostCopy.of(pictures);
        kernel = new OverlayKernel(stream(), pictures);
        pool = new CudaPool(stream(), KEPT, copy.sizes());
        rectangles = new Rectangles(pictures);
        drawing = new Drawing(rectangles, settings);
        out.format(pictures);
    }

    @Override
    public void draw(VideoFrame frame, Output out) throws StageException {
        if (drawing.nothingOn(frame.stamp(), boxes)) {
            frame.retain();
            out.emit(frame);
            return;
        }
        begin();
        rectangles.begin();
        drawing.on(frame.stamp(), boxes);
        var memory = pool.take();
        try {
            paint(frame, memory);
        } catch (RuntimeException | StageException e) {
            memory.release();
            throw e;
        }
        launched();
        drawn++; // this thread alone writes it
        out.emit(frame.toBuilder().memory(memory).layout(format, copy.strides()).build());
    }

    private void paint(VideoFrame frame, CudaMemory memory) throws StageException {
        var list = list();
        try {
            stream().await(frame.memory());
            kernel.run(frame, memory, copy.strides(), list.address(0), rectangles.count());
            memory.written();
            stream().fence(frame.memory(), memory, list);
        } finally {
            list.release();
        }
    }

    /** The rectangles on the device; the caller owns one reference. */
    private CudaMemory list() throws StageException {
        int bytes = Math.max(LEAST, rectangles.count() * Rectangles.SIZE);
        if (bytes > longest) {
            closeLists();
            longest = 2 * bytes;
            staging = new PinnedPool(device(), KEPT, longest);
            lists = new CudaPool(stream(), KEPT, longest);
        }
        var pinned = staging.take();
        try {
            rectangles.copyTo(pinned.writable(0));
            var list = lists.take();
            try {
                stream().toDevice(list.address(0), pinned.pointer(0), bytes);
                list.written();
                stream().fence(list, pinned);
                return list;
            } catch (RuntimeException e) {
                list.release();
                throw e;
            }
        } finally {
            pinned.release();
        }
    }

    private void closeLists() {
        longest = 0;
        if (lists != null) {
            lists.close();
            staging.close();
            lists = null;
        }
    }

    @Override
    void leaving() {
        closeLists();
        if (kernel != null) {
            kernel.close();
            pool.close();
            kernel = null;
        }
        rectangles = null;
    }

    @Override
    public void close() {
        boxes.clear();
        super.close();
    }
}
