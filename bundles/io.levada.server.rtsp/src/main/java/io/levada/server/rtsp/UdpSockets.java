/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.server.rtsp.protocol.MulticastSettings;
import io.levada.server.rtsp.protocol.Sessions;
import io.levada.server.rtsp.stream.Segmentation;
import io.levada.server.rtsp.stream.UdpPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** The UDP ports that packets are sent from: an even one for RTP and the next for RTCP (RFC 3550, 11) on each event loop. */
final class UdpSockets implements AutoCloseable {

    private static final int TRIES = 100;
    private static final int SEND_BUFFER = 4 << 20;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int DATAGRAM = 2048;
    private static final int LOW_WATER = 1 << 20;
    private static final int HIGH_WATER = 8 << 20;

    private final EventLoopGroup group;
    private final Sockets sockets;
    private final ByteBufAllocator allocator;
    private final Sessions sessions;
    private final Optional<MulticastSettings> multicast;
    private final LongAdder errors = new LongAdder();
    private final Segmentation segmentation;
    private volatile Map<EventLoop, UdpPorts> byLoop = Map.of();

    UdpSockets(
            EventLoopGroup group,
            Sockets sockets,
            ByteBufAllocator allocator,
            Sessions sessions,
            Optional<MulticastSettings> multicast) {
        this.multicast = multicast;
        this.group = group;
        this.sockets = sockets;
        this.segmentation = new Segmentation(sockets.segmentation());
        this.allocator = allocator;
        this.sessions = sessions;
    }

    /** @param first the lowest port, 0 for any */
    void bind(String host, int first, int loops) throws IOException {
        var bound = new IdentityHashMap<EventLoop, UdpPorts>();
        byLoop = bound;
        for (int i = 0; i < loops; i++) {
            var loop = group.next();
            var pair = first == 0 ? anyPair(loop, host) : pair(loop, host, first + 2 * i);
            bound.put(loop, new UdpPorts(pair.rtp(), pair.rtcp(), segmentation));
        }
    }

    /**
     * Sends from another address, and from the same ports, so that readers who were told them go on.
     *
     * @throws IOException when one of them can't be had there; none has changed then
     */
    void move(String from, String to) throws IOException {
        var moved = new ArrayList<EventLoop>();
        try {
            for (var loop : byLoop.keySet()) {
                moved.add(loop);
                move(loop, to);
            }
        } catch (IOException e) {
            for (var loop : moved) {
                move(loop, from);
            }
            throw new IOException("a UDP port that readers were told: " + e.getMessage(), e);
        }
    }

    private void move(EventLoop loop, String host) throws IOException {
        var ports = byLoop.get(loop);
        ports.close(); // an address and the one for all addresses exclude each other
        var pair = pair(loop, host, ports.rtpPort());
        ports.replace(pair.rtp(), pair.rtcp());
    }

    private record Pair(Channel rtp, Channel rtcp) {}

    private Pair anyPair(EventLoop loop, String host) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            var rtp = bind(loop, host, 0);
            int port = ((InetSocketAddress) rtp.localAddress()).getPort();
            if (port % 2 == 0) {
                try {
                    return new Pair(rtp, bind(loop, host, port + 1));
                } catch (IOException e) {
                    // taken by somebody else: try another pair
                }
            }
            rtp.close().syncUninterruptibly();
        }
        throw new IOException("no two adjacent UDP ports are free on " + host);
    }

    private Pair pair(EventLoop loop, String host, int port) throws IOException {
        var rtp = bind(loop, host, port);
        try {
            return new Pair(rtp, bind(loop, host, port + 1));
        } catch (IOException e) {
            rtp.close().awaitUninterruptibly();
            throw e;
        }
    }

    private Channel bind(EventLoop loop, String host, int port) throws IOException {
        var address = Sockets.address(host, port);
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(sockets.datagram())
                .option(ChannelOption.SO_SNDBUF, SEND_BUFFER)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM))
                .handler(new Receiver());
        if (multicast.isPresent()) {
            bootstrap.option(
                    multicast.get().network() instanceof Inet6Address
                            ? sockets.multicastHops()
                            : sockets.multicastTtl(),
                    multicast.get().ttl());
            var leaving = leaving(multicast.get().networkInterface(), address.getAddress());
            leaving.ifPresent(each -> bootstrap.option(ChannelOption.IP_MULTICAST_IF, each));
        }
        return sync(bootstrap.bind(address));
    }

    /** The interface that groups are sent by; empty for what the system thinks right. */
    private static Optional<NetworkInterface> leaving(String name, InetAddress host) throws IOException {
        if (name.isEmpty()) {
            return host.isAnyLocalAddress()
                    ? Optional.empty()
                    : Optional.ofNullable(NetworkInterface.getByInetAddress(host));
        }
        var named = NetworkInterface.getByName(name);
        if (named == null) {
            throw new IOException("there is no network interface " + name + " for multicast");
        }
        return Optional.of(named);
    }

    static Channel sync(ChannelFuture future) throws IOException {
        future.awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw future.cause() instanceof IOException e ? e : new IOException(future.cause());
        }
        return future.channel();
    }

    UdpPorts ports(EventLoop loop) {
        return byLoop.get(loop);
    }

    /** Datagrams that the kernel refused. */
    long errors() {
        return errors.sum();
    }

    @Override
    public void close() {
        byLoop.values().forEach(UdpPorts::close);
    }

    /** Takes readers' reports; what else comes (packets that open a firewall's hole) is dropped. */
    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            sessions.received(packet.sender(), packet.content());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            errors.increment(); // ENOBUFS, an unreachable reader: the others go on
        }
    }
}
