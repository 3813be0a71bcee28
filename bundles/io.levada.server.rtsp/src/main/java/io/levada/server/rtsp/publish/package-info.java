/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A stream's way in: what a publisher announces, what comes of its RTP and RTCP on an event loop, and how the source's thread
 * puts packets in order, makes access units of them and gives them their place in time. Knows nothing of RTSP but SDP.
 */
package io.levada.server.rtsp.publish;
