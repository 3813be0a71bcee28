/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.cuGetErrorString;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** The driver's results in words. */
final class Driver {

    private Driver() {}

    /** @param doing the call, as in {@code cuLaunchKernel of tensor} */
    static void check(int result, String doing) {
        if (result != CUDA_SUCCESS) {
            throw new CudaException(result, doing + ": " + text(result));
        }
    }

    static boolean outOfMemory(int result) {
        return result == CUDA_ERROR_OUT_OF_MEMORY;
    }

    static String text(int result) {
        try (var text = new PointerPointer<BytePointer>(1)) {
            return cuGetErrorString(result, text) == CUDA_SUCCESS
                    ? text.get(BytePointer.class).getString() + " (" + result + ")"
                    : "CUDA error " + result;
        }
    }
}
