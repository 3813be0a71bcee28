/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.cuEventCreate;
import static org.bytedeco.cuda.global.cudart.cuEventDestroy;
import static org.bytedeco.cuda.global.cudart.cuEventRecord;

import io.levada.api.media.Memory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.bytedeco.cuda.cudart.CUevent_st;

/**
 * Device memory of a {@link CudaPool}. Its maker starts the work that fills it, says {@link #written}, and emits it at once:
 * readers wait for its event on the device. Who reads it on the device holds it until that is done ({@link CudaStream#fence}).
 */
public final class CudaMemory extends Memory {

    private final CudaPool pool;
    private final long address;
    private final CUevent_st ready = new CUevent_st();
    private boolean recorded;

    CudaMemory(CudaPool pool, long address) {
        super(0);
        this.pool = pool;
        this.address = address;
        Driver.check(cuEventCreate(ready, CU_EVENT_DISABLE_TIMING), "making an event");
    }

    /** The work that fills it is started: it is ready when what is on the pool's stream so far is done. */
    public void written() {
        pool.stream().check(cuEventRecord(ready, pool.stream().handle()), "recording an event");
        recorded = true;
    }

    @Override
    public Kind kind() {
        return Kind.CUDA;
    }

    @Override
    public int device() {
        return pool.stream().device().index();
    }

    @Override
    public int planes() {
        return pool.planes();
    }

    @Override
    public long size(int plane) {
        return pool.size(plane);
    }

    @Override
    public long address(int plane) {
        return address + pool.offset(Objects.checkIndex(plane, planes()));
    }

    @Override
    public ByteBuffer plane(int plane) {
        throw new IllegalStateException("memory of GPU " + device() + "; put a gpu.download stage in between");
    }

    @Override
    public long readyEvent() {
        return recorded ? ready.address() : 0;
    }

    void again() {
        recorded = false;
        revive();
    }

    @Override
    protected void deallocate() {
        pool.back(this);
    }

    void free() {
        if (pool.stream().device().failure().isEmpty()) {
            cuEventDestroy(ready);
        }
        pool.stream().device().free(address, pool.bytes(), pool.stream());
    }
}
