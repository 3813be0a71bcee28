/**
 * The stage {@code source.test}: {@link io.levada.source.test.TestSource} emits what {@link io.levada.source.test.Signal}s
 * make, which are graphs of libavfilter without an input. Private to its bundle.
 */
package io.levada.source.test;
