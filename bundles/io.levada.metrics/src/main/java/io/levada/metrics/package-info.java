/**
 * The node's figures at {@code /metrics} for Prometheus. They are read from the status services when somebody asks, so that
 * a sample costs nothing more; Prometheus' own client writes the formats.
 */
package io.levada.metrics;
