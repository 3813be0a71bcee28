/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;

/**
 * Makes tensors of pictures of one format. All that depends on the formats alone is computed at the beginning; a picture costs
 * no allocation. For one thread at a time.
 */
public final class PictureTensor {

    private final TensorSpec spec;
    private final Area area;
    private final Component[] components;
    private final Matrix matrix;
    private final boolean packed;
    private final int countY;
    private final float[][] colours;
    private final RowWriter writer;

    private PictureTensor(VideoFormat format, TensorSpec spec) {
        this.spec = spec;
        this.area = spec.fit().place(format.width(), format.height(), spec.width(), spec.height());
        var all = new Components(format, area, spec.width(), spec.height());
        this.components = all.all();
        this.packed = !format.pixelFormat().luma();
        this.matrix = Matrix.of(format);
        this.countY = all.countY();
        this.colours = new float[3][all.countX()];
        this.writer = new RowWriter(spec, Math.max(0, area.x()), all.countX());
    }

    /**
     * @param stage the type's name, for messages
     * @throws StageException when it can't be done with such pictures
     */
    public static PictureTensor of(String stage, VideoFormat format, TensorSpec spec) throws StageException {
        if (format.memory() != Memory.Kind.HOST) {
            throw StageException.invalid(stage + " can't look at pictures in device memory: " + format)
                    .parameter("from")
                    .remedy("put a gpu.download in between, or use gpu.tensor");
        }
        if (!Components.knows(format.pixelFormat())) {
            throw StageException.invalid(stage + " can't make tensors of " + format.pixelFormat() + " pictures")
                    .parameter("from")
                    .remedy("put a filter.ffmpeg with filters = format=yuv420p in between");
        }
        return new PictureTensor(format, spec);
    }

    public TensorSpec spec() {
        return spec;
    }

    /**
     * Writes the tensor of a picture.
     *
     * @param into in native byte order
     * @param at index of the tensor's first byte
     */
    public void write(VideoFrame frame, ByteBuffer into, int at) {
        for (var component : components) {
            component.begin();
        }
        int top = Math.max(0, area.y());
        for (int y = 0; y < spec.height(); y++) {
            if (y < top || y >= top + countY) {
                writer.padding(into, at, y);
                continue;
            }
            for (int i = 0; i < components.length; i++) {
                int plane = components[i].plane();
                components[i].row(frame.plane(plane), frame.stride(plane), y - top, colours[i]);
            }
            toColours();
            writer.row(into, at, y, colours);
        }
    }

    private void toColours() {
        if (packed) {
            return;
        }
        if (components.length == 3) {
            matrix.convert(colours[0], colours[1], colours[2]);
            return;
        }
        matrix.convert(colours[0]);
        System.arraycopy(colours[0], 0, colours[1], 0, colours[0].length);
        System.arraycopy(colours[0], 0, colours[2], 0, colours[0].length);
    }
}
