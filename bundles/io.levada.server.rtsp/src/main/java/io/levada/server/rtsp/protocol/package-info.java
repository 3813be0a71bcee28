/**
 * RTSP 1.0 (RFC 2326): the byte stream of a connection, requests and what they do to sessions, URLs, transports, SDP. Sessions
 * let readers into the streams of {@code io.levada.server.rtsp.stream}.
 */
package io.levada.server.rtsp.protocol;
