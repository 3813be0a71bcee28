/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.api.media.MediaKind;
import io.levada.ffmpeg.RtpMedia;

/**
 * What a reader is told of a track.
 *
 * @param id its number in the stream, part of its control URL
 * @param media its part of the SDP
 * @param ssrc its synchronisation source
 * @param origin the RTP timestamp of the time line's zero
 */
public record TrackDescription(int id, RtpMedia media, int ssrc, int origin) {

    public boolean video() {
        return media.kind() == MediaKind.VIDEO;
    }
}
