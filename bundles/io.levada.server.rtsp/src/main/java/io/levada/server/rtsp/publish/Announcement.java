/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.media.MediaKind;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtpDepacketizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a publisher says that it will send (RFC 4566; RFC 2326, 10.3). Only what RTSP itself needs is read here; what the media
 * are is libavformat's to understand.
 */
public record Announcement(List<AnnouncedTrack> tracks) {

    private static final int MOST_BYTES = 16_000;
    private static final int MOST_TRACKS = 16;
    private static final int FIRST_DYNAMIC = 96;
    private static final int MOST_CLOCK = 1_000_000_000;

    /** A description of its own for each medium; where from and where to is RTSP's. */
    private static final String HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";

    private static final Pattern MEDIUM = Pattern.compile("(\\w+) +\\d+(?:/\\d+)? +(\\S+) +(\\d{1,3})(?: .*)?");
    private static final Pattern CLOCK = Pattern.compile("rtpmap:(\\d+) +[^/ ]+/(\\d{1,10})(?:/.*)?");

    /** What libavformat needs to know. It understands more, as of RealMedia and SRTP, which strangers shall not reach. */
    private static final Pattern PASSED_ON =
            Pattern.compile("(?:rtpmap|fmtp|framesize):(\\d+) .*|(?:framerate|cliprect):.*");

    public Announcement {
        tracks = List.copyOf(tracks);
    }

    /**
     * Reads SDP.
     *
     * @throws IllegalArgumentException saying in a few words what is wrong with it
     */
    public static Announcement parse(String sdp) {
        if (sdp.length() > MOST_BYTES) {
            throw new IllegalArgumentException("SDP of more than " + MOST_BYTES + " bytes");
        }
        var lines =
                sdp.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty() || !lines.get(0).equals("v=0")) {
            throw new IllegalArgumentException("no SDP");
        }
        if (lines.stream().filter(line -> line.startsWith("m=")).count()
                > MOST_TRACKS) { // before libavformat looks at each
            throw new IllegalArgumentException("SDP with more than " + MOST_TRACKS + " media");
        }
        var tracks = new ArrayList<AnnouncedTrack>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("m=")) {
                int end = i + 1;
                while (end < lines.size() && !lines.get(end).startsWith("m=")) {
                    end++;
                }
                tracks.add(track(tracks.size(), lines.subList(i, end)));
            }
        }
        if (tracks.stream().noneMatch(AnnouncedTrack::carried)) {
            throw new IllegalArgumentException("SDP without video or audio");
        }
        if (tracks.size() > 1
                && tracks.stream().anyMatch(track -> track.control().isEmpty())) {
            throw new IllegalArgumentException("SDP with a medium without a=control");
        }
        return new Announcement(tracks);
    }

    private static AnnouncedTrack track(int index, List<String> lines) {
        var medium = MEDIUM.matcher(lines.get(0).substring(2));
        if (!medium.matches()) {
            throw new IllegalArgumentException("SDP with an m= line that is none");
        }
        var kind =
                switch (medium.group(1)) {
                    case "video" -> MediaKind.VIDEO;
                    case "audio" -> MediaKind.AUDIO;
                    default -> MediaKind.DATA;
                };
        if (!medium.group(2).toUpperCase(Locale.ROOT).matches("RTP/AVPF?(/(TCP|UDP))?")) {
            throw new IllegalArgumentException(medium.group(2).startsWith("RTP/SAVP") ? "SRTP is not taken" : "no RTP");
        }
        int payloadType = Integer.parseInt(medium.group(3));
        if (payloadType > 127) {
            throw new IllegalArgumentException("payload type " + payloadType);
        }
        var attributes = lines.stream()
                .filter(line -> line.startsWith("a="))
                .map(line -> line.substring(2))
                .toList();
        var control = attributes.stream()
                .filter(attribute -> attribute.startsWith("control:"))
                .map(attribute -> attribute.substring(8).strip())
                .filter(each -> !each.equals("*"))
                .findFirst()
                .orElse("");
        int clockRate = clockRate(attributes, payloadType);
        var passedOn =
                attributes.stream().filter(each -> passedOn(each, payloadType)).toList();
        var description = new StringBuilder(HEAD + "m=" + medium.group(1) + " 0 RTP/AVP " + payloadType + "\r\n");
        passedOn.forEach(attribute -> description.append("a=").append(attribute).append("\r\n"));
        var track = new AnnouncedTrack(index, kind, payloadType, clockRate, control, description.toString());
        if (track.carried()) {
            if (!Encodings.taken(payloadType, passedOn)) {
                throw refused(track, "its format is not taken");
            }
            understood(track);
        }
        return track;
    }

    /** Of other payload types nothing is wanted. */
    private static boolean passedOn(String attribute, int payloadType) {
        var matcher = PASSED_ON.matcher(attribute);
        return matcher.matches()
                && (matcher.group(1) == null || matcher.group(1).equals(Integer.toString(payloadType)));
    }

    private static int clockRate(List<String> attributes, int payloadType) {
        for (var attribute : attributes) {
            var clock = CLOCK.matcher(attribute);
            if (clock.matches() && clock.group(1).equals(Integer.toString(payloadType))) {
                long rate = Long.parseLong(clock.group(2));
                if (rate > 0 && rate <= MOST_CLOCK) {
                    return (int) rate;
                }
                throw new IllegalArgumentException("a clock rate of " + rate);
            }
        }
        if (payloadType >= FIRST_DYNAMIC) {
            throw new IllegalArgumentException("no clock rate for payload type " + payloadType);
        }
        return payloadType < 24 && payloadType != 14 ? 8000 : 90_000; // RFC 3551, 6; libavformat knows the details
    }

    /** Better refused now than silent later. */
    private static void understood(AnnouncedTrack track) {
        try {
            new RtpDepacketizer(track.description(), unit -> {}).close();
        } catch (StageException e) {
            throw refused(track, e.getMessage());
        }
    }

    private static IllegalArgumentException refused(AnnouncedTrack track, String why) {
        return new IllegalArgumentException(
                track.kind().word() + " of payload type " + track.payloadType() + ": " + why);
    }

    /** The track that a SETUP of that URL means. */
    public Optional<AnnouncedTrack> track(String url) {
        var named = tracks.stream().filter(track -> track.at(url)).findFirst();
        return named.isEmpty() && tracks.size() == 1 ? Optional.of(tracks.get(0)) : named;
    }
}
