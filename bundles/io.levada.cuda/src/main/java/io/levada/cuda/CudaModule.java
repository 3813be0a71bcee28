/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;

import io.levada.api.stage.StageException;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;

/** The kernels of one source text on one device; it stays loaded, and is found again for the same text. */
public final class CudaModule {

    private final String name;
    private final CUmod_st handle;

    CudaModule(String name, CUmod_st handle) {
        this.name = name;
        this.handle = handle;
    }

    /** @throws StageException when the text has no {@code extern "C" __global__} function of that name */
    public CudaKernel kernel(String function) throws StageException {
        var found = new CUfunc_st();
        int result = cuModuleGetFunction(found, handle, function);
        if (result != CUDA_SUCCESS) {
            throw StageException.invalid("%s has no kernel %s (an extern \"C\" __global__ function): %s"
                    .formatted(name, function, Driver.text(result)));
        }
        return new CudaKernel(function, found);
    }
}
