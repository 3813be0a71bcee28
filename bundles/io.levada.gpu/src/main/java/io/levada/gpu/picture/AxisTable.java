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
 * the kernels. An entry is {@code { short low, high; float part; }}.
 */
public final class AxisTable implements AutoCloseable {

    private static final int ENTRY = 8;

    private final List<int[]> axes = new ArrayList<>();
    private CudaMemory memory;
    private CudaPool pool;

    /**
     * @param pixels of the plane along the axis
     * @param length elements to which all of them are brought
     * @param start the element where the picture begins, negative where its beginning is cut off
     * @param count elements there are, padding included
     * @return the number of the axis
     */
    public int add(int pixels, int length, int start, int count) {
        axes.add(new int[] {pixels, length, start, count});
        return axes.size() - 1;
    }

    /** Brings all to the device. */
    public void upload(CudaStream stream) throws StageException {
        long bytes = axes.stream().mapToLong(axis -> (long) axis[3] * ENTRY).sum();
        pool = new CudaPool(stream, 1, bytes);
        try (var staging = new PinnedPool(stream.device(), 0, bytes)) {
            var pinned = staging.take();
            try {
                var table = pinned.writable(0).duplicate().order(ByteOrder.nativeOrder());
                axes.forEach(axis -> write(axis[0], axis[1], axis[2], axis[3], table));
                memory = pool.take();
                stream.toDevice(memory.address(0), pinned.pointer(0), bytes);
                memory.written();
                stream.fence(memory, pinned);
            } finally {
                pinned.release();
            }
        }
    }

    private static void write(int pixels, int length, int start, int count, ByteBuffer table) {
        for (int i = 0; i < count; i++) {
            double at = (i - start + 0.5) * pixels / length - 0.5;
            int floor = (int) Math.floor(at);
            table.putShort((short) Math.min(pixels - 1, Math.max(0, floor)))
                    .putShort((short) Math.min(pixels - 1, Math.max(0, floor + 1)))
                    .putFloat((float) (at - floor));
        }
    }

    /** The device address of an axis. */
    public long address(int number) {
        long at = memory.address(0);
        for (int i = 0; i < number; i++) {
            at += (long) axes.get(i)[3] * ENTRY;
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
