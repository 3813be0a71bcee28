/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.api.stage.StageException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a stream goes: the ports are those of the first track, RTP's and RTCP's after it; each further track has the next two.
 *
 * @param host a name or an address, an IPv6 one without its brackets
 */
record Destination(String host, int port) {

    private static final Pattern URL =
            Pattern.compile("rtp://(\\[([0-9A-Fa-f:.%]+)]|([^\\[\\]/?#@:\\s]+)):(\\d{1,5})/?");

    private static final Pattern ADDRESS = Pattern.compile("\\d+(\\.\\d+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%\\w+)?");

    /** Two ports each for this many tracks have to be there. */
    private static final int LAST_PORT = 65_534;

    static Destination parse(String url) throws StageException {
        var matcher = URL.matcher(url.strip());
        if (!matcher.matches()) {
            throw invalid("'" + url + "' is no address for RTP");
        }
        int port = Integer.parseInt(matcher.group(4));
        if (port < 1 || port > LAST_PORT) {
            throw invalid("there is no port " + port + " with one for RTCP after it");
        }
        return new Destination(matcher.group(2) == null ? matcher.group(3) : matcher.group(2), port);
    }

    private static StageException invalid(String message) {
        return StageException.invalid(message)
                .parameter("url")
                .remedy("write rtp://HOST:PORT, such as rtp://192.0.2.7:5004 or rtp://[ff15::7]:5004");
    }

    /** @return an address to send from, if there shall be one */
    static Optional<String> local(String address) throws StageException {
        var stripped = address.strip();
        if (!stripped.isEmpty() && !ADDRESS.matcher(stripped).matches()) {
            throw StageException.invalid("'" + stripped + "' is no address")
                    .parameter("local-address")
                    .remedy("write one of this machine's, such as 192.0.2.7; names are not looked up");
        }
        return Optional.of(stripped).filter(each -> !each.isEmpty());
    }

    /** @throws StageException of kind RETRY where the name is not known now */
    InetAddress resolve() throws StageException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw StageException.retry("no address is known of the host '" + host + "'")
                    .parameter("url")
                    .remedy("check the name, and that the name server answers");
        }
    }

    /**
     * The port of RTP of a track.
     *
     * @param place from 0
     */
    int port(int place) throws StageException {
        int found = port + 2 * place;
        if (found > LAST_PORT) {
            throw invalid("there are no ports left for track " + (place + 1));
        }
        return found;
    }

    /** The address as it stands in a URL of FFmpeg's. */
    static String inUrl(InetAddress address) {
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    @Override
    public String toString() {
        return "rtp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
