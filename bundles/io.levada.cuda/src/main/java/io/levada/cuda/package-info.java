/**
 * CUDA for stages: which devices there are and why not, one context per device, a stream per stage, memory with ready
 * events, kernels compiled by NVRTC. For GPU stages of this project and of plugins; nothing here waits for a device.
 */
@Version("0.1.0")
@Export
package io.levada.cuda;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
