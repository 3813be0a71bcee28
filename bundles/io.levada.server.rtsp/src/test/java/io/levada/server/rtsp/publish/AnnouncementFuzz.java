/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import java.nio.charset.StandardCharsets;

/** SDP of a publisher: refused in a few words, or of tracks that can be taken. */
public final class AnnouncementFuzz {

    private static final int MOST_TRACKS = 16;
    private static final int LONGEST_REASON = 300;

    private AnnouncementFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Announcement announcement;
        try {
            announcement = Announcement.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            if (e.getMessage() == null || e.getMessage().length() > LONGEST_REASON) {
                throw e;
            }
            return;
        }
        boolean any = false;
        for (var track : announcement.tracks()) {
            any |= track.carried();
            if (track.clockRate() <= 0 || track.payloadType() < 0 || track.payloadType() > 127) {
                throw new AssertionError(track);
            }
            announcement.track("rtsp://127.0.0.1/live/" + track.control());
        }
        if (!any || announcement.tracks().size() > MOST_TRACKS) {
            throw new AssertionError(announcement);
        }
    }
}
