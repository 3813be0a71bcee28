/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Pictures to tensors by one kernel on the device, with the arithmetic of {@code io.levada.tensor.picture}. It knows no stage;
 * {@code analyzer.onnx} carries a copy of it for its own pre-processing.
 */
package io.levada.gpu.picture;
