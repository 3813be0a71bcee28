/**
 * One stream's way to its readers: packetised once (on the stage's thread), cached since the last keyframe, and fanned out
 * by event loops to readers that share the bytes and never wait for each other. Knows nothing of RTSP.
 */
package io.levada.server.rtsp.stream;
