/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.TensorFormat.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.onnxruntime.LongVector;
import org.bytedeco.onnxruntime.Value;
import org.bytedeco.onnxruntime.ValueVector;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** ONNX Runtime's types and shapes in ours. */
final class OrtTypes {

    private static final Map<Integer, DType> TYPES = Map.of(
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, DType.F32,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, DType.U8,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, DType.I8,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, DType.I16,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, DType.I32,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, DType.I64,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, DType.F16,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, DType.BF16,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, DType.F64);

    private OrtTypes() {}

    static int number(DType dtype) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == dtype)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    static ModelPort port(String name, int type, LongVector shape) {
        return ModelPort.of(name, TYPES.getOrDefault(type, DType.I8), lengths(shape));
    }

    private static long[] lengths(LongVector shape) {
        try (shape) {
            var lengths = new long[(int) shape.size()];
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = shape.get(i);
            }
            return lengths;
        }
    }

    /** The values, to be held on to until they are closed: they move out of the vector, and the collector would free them. */
    static List<Value> values(ValueVector vector) {
        try (vector) {
            var values = new ArrayList<Value>();
            for (long i = 0; i < vector.size(); i++) {
                values.add(vector.get(i));
            }
            return values;
        }
    }

    /** Outputs as they came out, of which the file may have left lengths open. */
    static List<ModelPort> ports(List<ModelPort> declared, List<Value> values) {
        var ports = new ArrayList<ModelPort>();
        for (int i = 0; i < declared.size(); i++) {
            try (var info = values.get(i).GetTensorTypeAndShapeInfo()) {
                ports.add(port(declared.get(i).name(), info.GetElementType(), info.GetShape()));
            }
        }
        return ports;
    }
}
