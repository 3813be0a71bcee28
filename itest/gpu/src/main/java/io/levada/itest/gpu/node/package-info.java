/**
 * The packed node on a machine with NVIDIA cards: it is reconfigured under load, harmed on purpose, and given several cards. All
 * is seen from outside, as a user sees it: files, the log, {@code levada status}, {@code /metrics}, nvidia-smi.
 */
package io.levada.itest.gpu.node;
