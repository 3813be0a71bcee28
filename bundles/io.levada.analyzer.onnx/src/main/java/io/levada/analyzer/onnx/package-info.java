/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The stage {@code analyzer.onnx}: boxes, classes or plain values that a model finds in pictures or tensors. One session for
 * each model and device is shared by all stages of the node ({@code Models}), which gathers what they bring into batches;
 * {@code OrtSession} is the only class that knows ONNX Runtime.
 */
package io.levada.analyzer.onnx;
