/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Where a client is, as far as it can't choose it: an IPv6 network counts as one, for each machine has all addresses in it. */
public record Place(String prefix) {

    private static final int NETWORK_BYTES = 8;

    public static Place of(InetAddress address) {
        var bytes = address.getAddress();
        var prefix = bytes.length > NETWORK_BYTES ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes;
        return new Place(HexFormat.of().formatHex(prefix));
    }

    @Override
    public String toString() {
        return prefix;
    }
}
