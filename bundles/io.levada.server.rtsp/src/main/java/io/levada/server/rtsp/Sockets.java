/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the operating system is asked for input and output: Java's own selectors, or Linux's epoll by Netty's native library,
 * which sends many datagrams in one call.
 */
record Sockets(
        String name,
        IoHandlerFactory handlers,
        Class<? extends ServerSocketChannel> server,
        Class<? extends DatagramChannel> datagram) {

    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

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
                if (wanted.equals("epoll")) {
                    LOG.warn("no native epoll on this machine: {}", EpollSockets.cause());
                }
            } catch (LinkageError e) { // its classes are an optional import
                LOG.debug("no native epoll in this node: {}", e.toString());
            }
        }
        return new Sockets("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, NioDatagramChannel.class);
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
