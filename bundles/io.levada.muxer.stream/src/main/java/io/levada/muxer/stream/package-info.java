/**
 * The stage {@code muxer.stream}: {@link io.levada.muxer.stream.StreamMuxer} cuts what libavformat muxes into chunks of
 * pooled {@link io.levada.muxer.stream.ChunkMemory}; {@link io.levada.muxer.stream.CodecStrings} tells the web what is in
 * them. Private to its bundle.
 */
package io.levada.muxer.stream;
