/**
 * What only a machine with an NVIDIA card can tell, as a program: {@code GpuReport} runs the checks and the benchmarks and
 * writes a report. {@code GpuFault} does harm to a GPU on purpose, each time in a process of its own.
 */
package io.levada.itest.gpu;
