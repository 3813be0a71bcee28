/**
 * The stage type {@code server.rtsp} and the node's one RTSP listener that its instances are mounts on. Streams are fanned out
 * in {@code stream}, RTSP is spoken in {@code protocol}.
 */
package io.levada.server.rtsp;
