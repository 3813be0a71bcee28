/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.HalfFloat;
import java.nio.ByteBuffer;

/** The elements of one row of an output, read as floats. */
final class Elements {

    private final ByteBuffer bytes;
    private final DType dtype;
    private final int first;
    private final int count;

    /** @throws StageException when the output has no such row */
    Elements(ByteBuffer bytes, ModelPort port, int row) throws StageException {
        requireRows(port, row + 1);
        long all = 1;
        for (int i = 1; i < port.rank(); i++) {
            all *= port.length(i);
        }
        this.bytes = bytes;
        this.dtype = port.dtype();
        this.count = Math.toIntExact(all);
        this.first = Math.multiplyExact(row, count);
    }

    /** @throws StageException when an output has fewer rows than there are pictures that were asked about */
    static void requireRows(ModelPort port, int rows) throws StageException {
        if (port.rank() == 0 || port.length(0) < rows) {
            throw StageException.invalid("the model puts out " + port + " about " + rows + " pictures")
                    .parameter("max-batch")
                    .remedy("write max-batch = 1, or export it so that its outputs have a row for each picture"
                            + " (dynamic=True)");
        }
    }

    int count() {
        return count;
    }

    float get(int index) {
        int at = first + index;
        return switch (dtype) {
            case F32 -> bytes.getFloat(4 * at);
            case F16 -> HalfFloat.toFloat(bytes.getShort(2 * at));
            case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * at) << 16);
            case F64 -> (float) bytes.getDouble(8 * at);
            case U8 -> bytes.get(at) & 0xff;
            case I8 -> bytes.get(at);
            case I16 -> bytes.getShort(2 * at);
            case I32 -> bytes.getInt(4 * at);
            case I64 -> bytes.getLong(8 * at);
        };
    }

    /** Copies a stretch, which is quicker than one by one. */
    void read(int from, float[] into, int length) {
        if (dtype == DType.F32) {
            bytes.asFloatBuffer().get(first + from, into, 0, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            into[i] = get(from + i);
        }
    }
}
