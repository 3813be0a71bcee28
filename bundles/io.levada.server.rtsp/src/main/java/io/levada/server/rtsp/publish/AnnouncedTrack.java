/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.media.MediaKind;

/**
 * A medium that a publisher announces.
 *
 * @param index its place in the description
 * @param kind video, audio, or data for what is taken and left out
 * @param payloadType of its RTP packets
 * @param clockRate ticks of its RTP timestamps in a second
 * @param control what its SETUP ends with, or the whole URL; empty where it is the only one
 * @param description SDP with this medium alone
 */
public record AnnouncedTrack(
        int index, MediaKind kind, int payloadType, int clockRate, String control, String description) {

    /** Whether it becomes a track of the pipeline. */
    public boolean carried() {
        return kind != MediaKind.DATA;
    }

    /** Whether a SETUP of that URL means it. */
    boolean at(String url) {
        return !control.isEmpty() && (ends(url) || ends(url.replaceFirst("\\?[^/]*", "")));
    }

    private boolean ends(String url) {
        var wanted = control.replaceFirst("(?i)^rtsps?://[^/]*/", "");
        return url.replaceFirst("/$", "").endsWith("/" + wanted);
    }
}
