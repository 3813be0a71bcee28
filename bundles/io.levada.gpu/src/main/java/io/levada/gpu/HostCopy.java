/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Tensor;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;

/**
 * How a sample lies in memory that was made for it: rows without more padding than devices like.
 *
 * @param rowBytes of each plane, without padding
 * @param strides of each plane
 * @param rows of each plane
 */
record HostCopy(int[] rowBytes, int[] strides, int[] rows) {

    private static final int ALIGNMENT = 256;

    static HostCopy of(VideoFormat format) throws StageException {
        var pixels = format.pixelFormat();
        if (!pixels.described()) {
            throw StageException.invalid("can't copy " + pixels + " pictures between host and GPU")
                    .parameter("from")
                    .remedy("convert them before, with filter.ffmpeg and filters = format=yuv420p");
        }
        int[] rowBytes = new int[pixels.planes()];
        int[] strides = new int[rowBytes.length];
        int[] rows = new int[rowBytes.length];
        for (int plane = 0; plane < rowBytes.length; plane++) {
            rowBytes[plane] = pixels.rowBytes(plane, format.width());
            strides[plane] = (rowBytes[plane] + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            rows[plane] = pixels.rows(plane, format.height());
        }
        return new HostCopy(rowBytes, strides, rows);
    }

    long[] sizes() {
        long[] sizes = new long[rows.length];
        for (int plane = 0; plane < sizes.length; plane++) {
            sizes[plane] = (long) strides[plane] * rows[plane];
        }
        return sizes;
    }

    /** Elements of a dense tensor. */
    static long bytes(Tensor tensor) throws StageException {
        long elements = 1;
        for (int i = tensor.format().shape().size() - 1; i >= 0; i--) {
            if (tensor.stride(i) != elements) {
                throw StageException.invalid("can't copy a tensor with gaps: " + tensor);
            }
            elements *= tensor.format().shape().get(i);
        }
        return elements * tensor.format().dtype().bits() / 8;
    }
}
