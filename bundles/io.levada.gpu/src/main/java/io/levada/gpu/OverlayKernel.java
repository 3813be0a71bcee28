/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaStream;
import io.levada.cuda.KernelArguments;
import io.levada.filter.overlay.drawing.PixelComponent;
import io.levada.gpu.picture.Kernels;
import java.util.List;
import java.util.Map;

/** Copies pictures of one format, plane by plane, and paints rectangles on the copies. */
final class OverlayKernel implements AutoCloseable {

    /** Offsets in the kernel's arguments. */
    private static final int STRUCT = 72;

    private static final int SIZE_AT = 36;

    /** One of a picture. */
    private record Plane(int width, int height, CudaKernel kernel, KernelArguments arguments) {}

    private final CudaStream stream;
    private final Plane[] planes;

    OverlayKernel(CudaStream stream, VideoFormat format) throws StageException {
        this.stream = stream;
        planes = new Plane[format.pixelFormat().planes()];
        var components = PixelComponent.of(format.pixelFormat());
        for (int i = 0; i < planes.length; i++) {
            int plane = i;
            int first = 0;
            while (components.get(first).plane() != plane) {
                first++;
            }
            var own = components.stream().filter(one -> one.plane() == plane).toList();
            planes[i] = plane(format, plane, first, own);
        }
    }

    private Plane plane(VideoFormat format, int plane, int first, List<PixelComponent> components)
            throws StageException {
        var one = components.get(0);
        var kernel = Kernels.compile(
                        stream.device(),
                        OverlayKernel.class,
                        "overlay.cu",
                        Map.of("STEP", one.step(), "VALUES", components.size(), "WIDE", one.bits() > 0 ? 1 : 0))
                .kernel("overlay");
        int width = format.pixelFormat().rowBytes(plane, format.width()) / one.step();
        int height = format.pixelFormat().rows(plane, format.height());
        var arguments = new KernelArguments(STRUCT);
        var struct = arguments.struct().position(SIZE_AT);
        struct.putInt(width).putInt(height).putInt(one.shiftX()).putInt(one.shiftY());
        struct.putInt(first).putInt(one.bits());
        components.forEach(component -> struct.putInt(component.offset()));
        return new Plane(width, height, kernel, arguments);
    }

    /** @param rectangles their address on the device */
    void run(VideoFrame frame, Memory out, int[] strides, long rectangles, int count) {
        for (int i = 0; i < planes.length; i++) {
            var plane = planes[i];
            var struct = plane.arguments.struct();
            struct.position(0);
            struct.putLong(frame.memory().address(i)).putLong(out.address(i)).putLong(rectangles);
            struct.putInt(count).putInt(frame.stride(i)).putInt(strides[i]);
            stream.launchOver(plane.kernel, plane.width, plane.height, plane.arguments);
        }
    }

    @Override
    public void close() {
        for (var plane : planes) {
            plane.arguments.close();
        }
    }
}
