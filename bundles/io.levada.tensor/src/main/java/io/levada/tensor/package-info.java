/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The stage {@code cpu.tensor}: pictures in host memory to tensors, for inference on machines without a GPU. */
package io.levada.tensor;
