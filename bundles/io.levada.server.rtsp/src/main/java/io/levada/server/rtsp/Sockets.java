/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * How the operating system is asked for input and output: Java's own selectors, or Linux's epoll by Netty's native library,
 * which sends many datagrams in one call.
 *
 * @param name for the log, with the reason where it is not the best there is
 * @param segmentation whether the kernel cuts runs of datagrams apart
 * @param multicastTtl how many routers let packets to a group of IPv4 pass
 * @param multicastHops the same of IPv6
 */
record Sockets(
        String name,
        boolean segmentation,
        IoHandlerFactory handlers,
        Class<? extends ServerSocketChannel> server,
        Class<? extends DatagramChannel> datagram,
        ChannelOption<Integer> multicastTtl,
        ChannelOption<Integer> multicastHops) {

    /**
     * @param wanted {@code auto}, {@code epoll} or {@code nio}; what is not there is replaced by nio
     */
    static Sockets of(String wanted) {
        if (!wanted.equals("nio")) {
            try {
                var epoll = EpollSockets.available();
                if (epoll.isPresent()) {
                    return epoll.get();
                }
                return nio("nio, for there is no native epoll: " + EpollSockets.cause());
            } catch (LinkageError e) { // its classes are an optional import
                return nio("nio, for native epoll is not in this node: " + e);
            }
        }
        return nio("nio");
    }

    private static Sockets nio(String name) {
        return new Sockets(
                name,
                false,
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioDatagramChannel.class,
                ChannelOption.IP_MULTICAST_TTL,
                ChannelOption.IP_MULTICAST_TTL);
    }

    /** @throws UnknownHostException naming the host */
    static InetSocketAddress address(String host, int port) throws UnknownHostException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("no address is known of '" + host + "'");
        }
        return address;
    }
}
