/**
 * What the integration tests and benchmarks speak of: a node's process, pipeline files, players, the ffmpeg program, material
 * and odd peers.
 */
package io.levada.itest;
