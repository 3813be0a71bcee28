/**
 * Pipelines from configuration to running graph: one definition after the other is checked and applied, types that come and
 * go are passed on, and others see what state it is in.
 */
package io.levada.wiring.pipeline;
