/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.cuCtxGetCurrent;
import static org.bytedeco.cuda.global.cudart.cuCtxSetCurrent;

import io.levada.api.stage.StageException;
import org.bytedeco.cuda.cudart.CUctx_st;

/**
 * A device's context, current on the calling thread until this is closed; for threads of other libraries, which get the one
 * back that was theirs.
 */
public final class Binding implements AutoCloseable {

    private final CUctx_st before = new CUctx_st();

    public Binding(CudaDevice device) throws StageException {
        cuCtxGetCurrent(before);
        device.bind();
    }

    @Override
    public void close() {
        cuCtxSetCurrent(before.isNull() ? null : before);
    }
}
