/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.server.rtsp.stream.TrackDescription;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** The description of a stream (RFC 4566; RFC 2326, appendix C). */
final class Sdp {

    /** What a track's control name begins with; its number follows. */
    static final String CONTROL = "trackID=";

    private static final String END = "\r\n";

    private Sdp() {}

    /**
     * @param id the same for the same description
     * @param origin the server's address as the client sees it
     */
    static String of(String name, long id, InetAddress origin, List<TrackDescription> tracks) {
        var type = origin instanceof Inet6Address ? "IN IP6 " : "IN IP4 ";
        var any = origin instanceof Inet6Address ? "::" : "0.0.0.0";
        var text = new StringBuilder()
                .append("v=0" + END)
                .append("o=- ")
                .append(id)
                .append(" 1 ")
                .append(type)
                .append(address(origin))
                .append(END)
                .append("s=")
                .append(name)
                .append(END)
                .append("c=")
                .append(type)
                .append(any)
                .append(END)
                .append("t=0 0" + END)
                .append("a=tool:Levada" + END)
                .append("a=type:broadcast" + END)
                .append("a=control:*" + END)
                .append("a=range:npt=now-" + END);
        for (var track : tracks) {
            track.media().section(0, "RTP/AVP").forEach(line -> text.append(line)
                    .append(END));
            text.append("a=control:" + CONTROL).append(track.id()).append(END);
        }
        return text.toString();
    }

    private static String address(InetAddress address) {
        var text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
