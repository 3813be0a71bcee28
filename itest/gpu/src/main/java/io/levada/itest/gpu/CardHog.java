/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.stage.StageException;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import java.util.ArrayList;
import java.util.List;

/** Takes all memory of a card, until it is closed. */
public final class CardHog implements AutoCloseable {

    private static final long LARGEST = 16L << 30;
    private static final long LEAST = 1 << 20;
    private static final int MOST = 4096;

    private final CudaStream stream;
    private final List<CudaMemory> taken = new ArrayList<>();
    private String said = "";

    private CardHog(CudaStream stream) {
        this.stream = stream;
    }

    public static CardHog of(CudaDevice device) throws StageException {
        var hog = new CardHog(device.open("bench/hog", () -> {}));
        for (long size = LARGEST; size >= LEAST; size /= 2) {
            hog.take(size);
        }
        return hog;
    }

    private void take(long size) {
        try (var pool = new CudaPool(stream, 0, size)) {
            while (taken.size() < MOST) {
                taken.add(pool.take());
            }
        } catch (StageException e) {
            said = e.getMessage();
        }
    }

    /** What was said when there was no more. */
    public String said() {
        return said;
    }

    @Override
    public void close() {
        taken.forEach(CudaMemory::release);
        stream.close();
    }
}
