/**
 * The stage type {@code analyzer.motion}: finds what moves in front of a fixed camera. In the order of its work:
 * {@link io.levada.analyzer.motion.LumaGrid} makes the picture small, {@link io.levada.analyzer.motion.Background} knows the
 * scene and marks what differs, {@link io.levada.analyzer.motion.Blobs} joins that to regions. Private to its bundle.
 */
package io.levada.analyzer.motion;
