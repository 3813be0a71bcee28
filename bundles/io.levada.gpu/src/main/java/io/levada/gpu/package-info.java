/**
 * Stages that work on an NVIDIA GPU. The {@code Gpu...} classes are the stages, {@code Picture...} says how pictures lie in
 * device memory, the {@code .cu} files beside are their kernels. Private to its bundle.
 */
package io.levada.gpu;
