/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.Optional;

/** Apart, so that a node without these classes runs on Java's selectors. */
final class EpollSockets {

    // Netty 4.2's own option sets IP_TTL: the packets to single readers would not get farther, those to groups no
    // farther.
    // The numbers are those of <linux/in.h> and <linux/in6.h>.
    private static final ChannelOption<Integer> MULTICAST_TTL =
            new IntegerUnixChannelOption("LEVADA_IP_MULTICAST_TTL", 0, 33);
    private static final ChannelOption<Integer> MULTICAST_HOPS =
            new IntegerUnixChannelOption("LEVADA_IPV6_MULTICAST_HOPS", 41, 18);

    private EpollSockets() {}

    static Optional<Sockets> available() {
        if (!Epoll.isAvailable()) {
            return Optional.empty();
        }
        boolean segmentation = EpollDatagramChannel.isSegmentedDatagramPacketSupported();
        return Optional.of(new Sockets(
                segmentation ? "epoll with UDP segmentation offload" : "epoll",
                segmentation,
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                EpollDatagramChannel.class,
                MULTICAST_TTL,
                MULTICAST_HOPS));
    }

    static String cause() {
        return String.valueOf(Epoll.unavailabilityCause().getMessage());
    }
}
