/**
 * Tensors for and from other libraries of the process (NumPy, PyTorch, CuPy, JAX), without a copy, by DLPack's structures. On
 * the host it works without CUDA and without a card.
 */
@Version("0.1.0")
@Export
package io.levada.cuda.dlpack;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
