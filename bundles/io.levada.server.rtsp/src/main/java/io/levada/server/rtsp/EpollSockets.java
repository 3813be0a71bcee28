/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.util.Optional;

/** Apart, so that a node without these classes runs on Java's selectors. */
final class EpollSockets {

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
                EpollDatagramChannel.class));
    }

    static String cause() {
        return String.valueOf(Epoll.unavailabilityCause().getMessage());
    }
}
