/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * In which RTP payload formats publishers may send: those that streams are served in, too, and of which FFmpeg can tell where
 * decoding can start (not so of H.261, H.263 and Theora). It takes more apart, not all of it made for what strangers send: with
 * 8.0.1 one packet of QCELP is enough to keep a thread busy for ever.
 */
final class Encodings {

    /** As registered for RTP (RFC 4855), in lower case. */
    private static final Set<String> NAMES = Set.of(
            "h264",
            "h265",
            "av1",
            "vp8",
            "vp9",
            "jpeg",
            "mpv",
            "mp4v-es",
            "mpeg4-generic",
            "mp4a-latm",
            "opus",
            "vorbis",
            "speex",
            "mpa",
            "amr",
            "amr-wb",
            "ilbc",
            "pcmu",
            "pcma",
            "g722",
            "g726-16",
            "g726-24",
            "g726-32",
            "g726-40",
            "aal2-g726-16",
            "aal2-g726-24",
            "aal2-g726-32",
            "aal2-g726-40",
            "l16",
            "l24");

    /** PCMU, PCMA, G722, L16, MPA, JPEG and MPV (RFC 3551, 6). */
    private static final Set<Integer> STATIC_TYPES = Set.of(0, 8, 9, 10, 11, 14, 26, 32);

    /** Below it a type may mean something else to FFmpeg than what its rtpmap says. */
    private static final int FIRST_UNASSIGNED = 35;

    private static final Pattern NAME = Pattern.compile("rtpmap:\\d+ +([^/ ]+).*");

    private Encodings() {}

    /** @param attributes of one medium, those of its payload type */
    static boolean taken(int payloadType, List<String> attributes) {
        var names = attributes.stream()
                .filter(attribute -> attribute.startsWith("rtpmap:"))
                .map(NAME::matcher)
                .map(named -> named.matches() ? named.group(1).toLowerCase(Locale.ROOT) : "")
                .toList();
        boolean known = payloadType >= FIRST_UNASSIGNED ? !names.isEmpty() : STATIC_TYPES.contains(payloadType);
        return known && NAMES.containsAll(names);
    }
}
