/**
 * The running graph of a pipeline: nodes (one for each stage of the definition, which outlive the stage instances in them),
 * their tracks, ports and joins.
 */
package io.levada.wiring.graph;
