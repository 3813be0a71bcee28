/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.stage.StageException;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import io.levada.cuda.PinnedPool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Between which pixels each element lies, along the axes of one resizing: computed once, exactly as on the CPU, and read by
 * the kernels. An entry is {@code { int low, high; float part; int unused; }}: of {@code high}, part is taken, and it is
 * {@code low} where that is nothing, so that what is not needed is not read.
 */
public final class AxisTable implements AutoCloseable {

    private static final int ENTRY = 16;

    private final List<Axis> axes = new ArrayList<>();
    private CudaMemory memory;
    private CudaPool pool;

    /** Where the elements along one axis lie. */
    private record Axis(int[] low, float[] part) {}

    /**
     * @param pixels of the plane along the axis
     * @param length elements to which all of them are brought
     * @param start the element where the picture begins, negative where its beginning is cut off
     * @param count elements there are, padding included
     * @param pairs whether a kernel reads the pixel behind {@code low} in any case, so that there must be one
     * @return the number of the axis
     */
    public int add(int pixels, int length, int start, int count, boolean pairs) {
        int[] low = new int[count];
        float[] part = new float[count];
        for (int i = 0; i < count; i++) {
            double at = place(i, pixels, length, start);
            low[i] = pairs ? Math.min(pixels - 2, (int) at) : (int) at;
            part[i] = (float) (at - low[i]);
        }
        axes.add(new Axis(low, part));
        return axes.size() - 1;
    }

    /** Whether any element of such an axis lies between pixels, rather than each on one. */
    public static boolean between(int pixels, int length, int start, int count) {
        for (int i = 0; i < count; i++) {
            double at = place(i, pixels, length, start);
            if (at != (int) at) {
                return true;
            }
        }
        return false;
    }

    /** Beyond an edge the edge's pixel is taken. */
    private static double place(int element, int pixels, int length, int start) {
        return Math.min(pixels - 1, Math.max(0, (element - start + 0.5) * pixels / length - 0.5));
    }

    /** Brings all to the device. */
    public void upload(CudaStream stream) throws StageException {
        long bytes = axes.stream().mapToLong(AxisTable::bytes).sum();
        pool = new CudaPool(stream, 1, bytes);
        try (var staging = new PinnedPool(stream.device(), 0, bytes)) {
            var pinned = staging.take();
            try {
                var table = pinned.writable(0).duplicate().order(ByteOrder.nativeOrder());
                axes.forEach(axis -> write(axis, table));
                memory = pool.take();
                stream.toDevice(memory.address(0), pinned.pointer(0), bytes);
                memory.written();
                stream.fence(memory, pinned);
            } finally {
                pinned.release();
            }
        }
    }

    private static long bytes(Axis axis) {
        return (long) axis.low.length * ENTRY;
    }

    private static void write(Axis axis, ByteBuffer table) {
        for (int i = 0; i < axis.low.length; i++) {
            int low = axis.low[i];
            table.putInt(low)
                    .putInt(axis.part[i] == 0 ? low : low + 1)
                    .putFloat(axis.part[i])
                    .putInt(0);
        }
    }

    /** The device address of an axis. */
    public long address(int number) {
        long at = memory.address(0);
        for (int i = 0; i < number; i++) {
            at += bytes(axes.get(i));
        }
        return at;
    }

    /** What kernels still read is kept for them by whoever started them. */
    public CudaMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.release();
            pool.close();
        }
    }
}
