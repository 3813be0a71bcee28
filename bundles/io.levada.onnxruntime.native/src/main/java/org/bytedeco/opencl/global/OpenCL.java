/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.bytedeco.opencl.global;

/** Stands in for OpenCL's binding, which oneDNN's wants loaded before itself; nothing is called of it. */
public final class OpenCL {

    private OpenCL() {}
}
