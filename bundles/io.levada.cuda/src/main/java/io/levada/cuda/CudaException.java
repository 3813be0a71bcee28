/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import java.io.Serial;

/** A call of CUDA's that failed, with the device's own words for it. */
public final class CudaException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int code;

    CudaException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The {@code CUresult}. */
    public int code() {
        return code;
    }
}
