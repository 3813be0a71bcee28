/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.List;
import org.bytedeco.onnxruntime.Value;

/** What a run puts out on a GPU: it is there for later work of the session's stream, until this is closed. */
final class DeviceOutputs implements AutoCloseable {

    private final List<Value> values;
    private final List<ModelPort> ports;

    DeviceOutputs(List<Value> values, List<ModelPort> declared) {
        this.values = values;
        this.ports = OrtTypes.ports(declared, values);
    }

    /** The shapes as they came out. */
    List<ModelPort> ports() {
        return ports;
    }

    long address(int output) {
        return values.get(output).GetTensorRawData().address();
    }

    @Override
    public void close() {
        values.forEach(Value::close);
    }
}
