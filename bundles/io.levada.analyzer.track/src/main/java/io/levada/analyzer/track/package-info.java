/**
 * The stage type {@code analyzer.track}: gives what a detector finds a number by which it is known again in later pictures.
 * {@link io.levada.analyzer.track.Tracker} is the association after ByteTrack (Zhang et al., ECCV 2022), beside a motion model
 * ({@link io.levada.analyzer.track.Motion}) and an optimal {@link io.levada.analyzer.track.Assignment}; nothing is exported.
 */
package io.levada.analyzer.track;
