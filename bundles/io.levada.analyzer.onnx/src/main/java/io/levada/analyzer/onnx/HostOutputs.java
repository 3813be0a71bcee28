/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.Value;

/** What a run put out, in host memory. */
final class HostOutputs extends RowsAnswer {

    private final List<Value> values;
    private final List<ModelPort> ports;
    private final List<ByteBuffer> buffers = new ArrayList<>();

    HostOutputs(List<Value> values, List<ModelPort> declared, int rows) {
        super(rows);
        this.values = values;
        this.ports = OrtTypes.ports(declared, values);
        for (int i = 0; i < declared.size(); i++) {
            buffers.add(bytes(values.get(i)));
        }
    }

    private static ByteBuffer bytes(Value value) {
        long size = value.GetTensorSizeInBytes();
        if (size == 0) { // as after NMS in the model that left nothing
            return ByteBuffer.allocate(0);
        }
        var raw = new BytePointer(value.GetTensorRawData());
        raw.capacity(size);
        return raw.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public ByteBuffer output(int index) {
        return buffers.get(index);
    }

    @Override
    public List<ModelPort> outputs() {
        return ports;
    }

    @Override
    void free() {
        values.forEach(Value::close);
    }
}
