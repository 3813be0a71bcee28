/**
 * Benchmarks of a running node: paired with the ffmpeg program of the jar that the node's libraries come from, and what the
 * demo takes in time and memory.
 */
package io.levada.benchmark;
