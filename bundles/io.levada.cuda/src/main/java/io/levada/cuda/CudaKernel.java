/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import org.bytedeco.cuda.cudart.CUfunc_st;

/** A function that a stream can start on its device. */
public final class CudaKernel {

    private final String name;
    private final CUfunc_st handle;

    CudaKernel(String name, CUfunc_st handle) {
        this.name = name;
        this.handle = handle;
    }

    public String name() {
        return name;
    }

    CUfunc_st handle() {
        return handle;
    }
}
