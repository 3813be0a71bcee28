/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which groups streams are sent to for those who ask for it.
 *
 * @param network the groups, such as 239.255.42.0
 * @param bits how many of its bits they have in common
 * @param port the first of a group's ports; each track has two
 * @param ttl how many routers let packets pass
 * @param networkInterface the name of the interface that they leave by; empty for that of the host's address
 */
public record MulticastSettings(InetAddress network, int bits, int port, int ttl, String networkInterface) {

    private static final int MOST_GROUPS_BITS = 16;

    /**
     * @param groups such as {@code 239.255.42.0/24}
     * @throws IllegalArgumentException for what are no groups
     */
    public static MulticastSettings parse(String groups, int port, int ttl, String networkInterface) {
        var parts = groups.strip().split("/", 2);
        try {
            if (NetUtil.isValidIpV4Address(parts[0]) || NetUtil.isValidIpV6Address(parts[0])) {
                var network = InetAddress.getByName(parts[0]);
                int most = network.getAddress().length * Byte.SIZE;
                int bits = parts.length < 2 ? most : Integer.parseInt(parts[1]);
                if (network.isMulticastAddress() && bits >= most - MOST_GROUPS_BITS && bits <= most) {
                    return new MulticastSettings(network, bits, port, ttl, networkInterface);
                }
            }
        } catch (NumberFormatException | UnknownHostException e) {
            // the message below says it
        }
        throw new IllegalArgumentException("'" + groups + "' are no multicast groups such as 239.255.42.0/24");
    }

    int size() {
        return 1 << network.getAddress().length * Byte.SIZE - bits;
    }

    InetAddress group(int number) {
        var bytes = network.getAddress();
        var sum = new BigInteger(1, bytes).add(BigInteger.valueOf(number)).toByteArray();
        System.arraycopy(sum, sum.length - bytes.length, bytes, 0, bytes.length);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // its length is right
        }
    }
}
