/**
 * The stage {@code muxer.rtp}: {@link io.levada.muxer.rtp.RtpMuxer} sends each of its inputs from a pair of UDP ports ({@link
 * io.levada.muxer.rtp.RtpTrack}) by FFmpeg's packetisers and its rtp and srtp protocols, and says in a file of SDP what a
 * player needs. Private to its bundle.
 */
package io.levada.muxer.rtp;
