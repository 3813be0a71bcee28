/**
 * What a sample costs on its way through a running graph, measured by JMH: time and bytes allocated. The stages do nothing,
 * and the samples are made beforehand, so that what is left is the platform's.
 */
package io.levada.microbenchmark;
