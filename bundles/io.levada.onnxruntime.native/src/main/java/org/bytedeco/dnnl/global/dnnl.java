/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.bytedeco.dnnl.global;

/**
 * Stands in for oneDNN's binding, which ONNX Runtime's binding wants loaded before itself; nothing is called of it unless the
 * oneDNN provider is asked for.
 */
public final class dnnl {

    private dnnl() {}
}
