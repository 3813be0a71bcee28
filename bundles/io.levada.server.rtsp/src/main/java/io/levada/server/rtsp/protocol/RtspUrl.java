/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a request's URL asks for. Clients put the track's control name behind the URL, with its query, or without.
 *
 * @param authority host and port as the client wrote them, without credentials; empty for a URL that is none
 * @param path the stream's path, decoded, without a slash at the end
 * @param query empty if there is none
 * @param track the track's number, if a track is meant
 */
record RtspUrl(String authority, String path, String query, OptionalInt track) {

    private static final Pattern ABSOLUTE = Pattern.compile("(?i)rtsp[su]?://([^/?]*)(.*)");
    private static final Pattern CONTROL = Pattern.compile("(.*?)/?\\b" + Sdp.CONTROL + "(\\d{1,3})/?(\\?.*)?");

    /**
     * @throws IllegalArgumentException when it can't be meant as a URL
     */
    static RtspUrl parse(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("control characters"); // they would come back in headers
        }
        var matcher = ABSOLUTE.matcher(text);
        var authority = "";
        var rest = text;
        if (matcher.matches()) {
            authority = matcher.group(1).substring(matcher.group(1).lastIndexOf('@') + 1);
            rest = matcher.group(2);
        } else if (!text.startsWith("/") && !text.equals("*")) {
            throw new IllegalArgumentException("not an RTSP URL");
        }
        var track = OptionalInt.empty();
        var control = CONTROL.matcher(rest);
        if (control.matches()) {
            track = OptionalInt.of(Integer.parseInt(control.group(2)));
            rest = control.group(1) + (control.group(3) == null ? "" : control.group(3));
        }
        var decoded = new QueryStringDecoder(rest);
        return new RtspUrl(authority, withoutSlash(decoded.path()), decoded.rawQuery(), track);
    }

    private static String withoutSlash(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return end == 0 ? "/" : path.substring(0, end);
    }
}
