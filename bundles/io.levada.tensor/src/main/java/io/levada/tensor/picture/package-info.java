/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Pictures to tensors by arithmetic on the CPU: resized, converted to RGB and normalised in one pass. It knows no stage;
 * {@code analyzer.onnx} carries a copy of it for its own pre-processing.
 */
package io.levada.tensor.picture;
