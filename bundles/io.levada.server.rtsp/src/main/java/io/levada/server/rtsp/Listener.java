/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import io.levada.server.rtsp.protocol.Gate;
import io.levada.server.rtsp.protocol.Requests;
import io.levada.server.rtsp.protocol.RtspConnection;
import io.levada.server.rtsp.protocol.Sessions;
import io.levada.server.rtsp.publish.Publications;
import io.levada.server.rtsp.stream.GopBudget;
import io.levada.server.rtsp.stream.Mounts;
import io.levada.server.rtsp.stream.UdpPorts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets and threads of the server, from {@link #start} to {@link #close}. Thread-safe. */
final class Listener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private static final int BACKLOG = 1024;
    private static final int LOW_WATER = 64 * 1024;
    private static final int HIGH_WATER = 256 * 1024;
    private static final int STOP_SECONDS = 5;
    private static final int PAGE = 8192;
    private static final int CHUNK_ORDER = 7; // chunks of 1 MiB

    private final ListenerSettings settings;
    private final Sockets sockets;
    private final MultiThreadIoEventLoopGroup group;
    private final PooledByteBufAllocator allocator;
    private final GopBudget budget;
    private final UdpSockets udp;
    private final Sessions sessions;
    private final Gate gate;
    private final Requests requests;
    private final Connections connections;
    private final Optional<Certificate> certificate;
    private Acceptor acceptor;
    private Optional<Acceptor> secure = Optional.empty();

    private Listener(ListenerSettings settings, Path home, Mounts mounts, Publications publications, Gate gate)
            throws IOException, CertificateException {
        this.settings = settings;
        this.certificate = settings.tls().on() ? Optional.of(new Certificate(settings.tls(), home)) : Optional.empty();
        this.sockets = Sockets.of(settings.sockets());
        this.group = new MultiThreadIoEventLoopGroup(
                settings.threads(), new DefaultThreadFactory("levada-rtsp", true), sockets.handlers());
        this.allocator = new PooledByteBufAllocator(true, 0, settings.threads(), PAGE, CHUNK_ORDER, 0, 0, true);
        this.budget = new GopBudget(settings.gopBudget());
        this.sessions = new Sessions(
                this::ports, settings.multicast(), settings.sessionTimeout(), settings.maxConnectionsPerAddress());
        this.udp = new UdpSockets(group, sockets, allocator, sessions, settings.multicast());
        this.gate = gate;
        this.connections = new Connections(
                settings.maxConnections(),
                settings.maxConnectionsPerAddress(),
                TimeUnit.SECONDS.toNanos(settings.sessionTimeout()));
        this.requests = new Requests(mounts, publications, sessions, gate, settings.describeWait());
    }

    /**
     * Listens.
     *
     * @param home what relative paths in the settings are relative to
     * @throws IOException when a port can't be had
     * @throws CertificateException when there is no certificate that can be used
     */
    static Listener start(ListenerSettings settings, Path home, Mounts mounts, Publications publications, Gate gate)
            throws IOException, CertificateException {
        var listener = new Listener(settings, home, mounts, publications, gate);
        boolean started = false;
        try {
            listener.udp.bind(settings.host(), settings.udpPort(), settings.threads());
            listener.acceptor = listener.acceptor(settings.port(), Optional.empty());
            if (settings.tls().on()) {
                listener.secure = Optional.of(listener.acceptor(settings.tls().port(), listener.certificate));
            }
            listener.group.next().scheduleAtFixedRate(listener::check, 1, 1, TimeUnit.SECONDS);
            started = true;
            return listener;
        } finally {
            if (!started) {
                listener.close();
            }
        }
    }

    /**
     * Listens and sends at another address instead; who is connected stays.
     *
     * @throws IOException when that can't be had; nothing changed then
     */
    synchronized void move(ListenerSettings from, ListenerSettings to) throws IOException {
        int port = address().getPort();
        boolean elsewhere = !to.host().equals(from.host());
        acceptor.move(to.host(), to.port());
        try {
            if (elsewhere) {
                udp.move(from.host(), to.host());
                moveSecure(from, to);
            }
        } catch (IOException e) {
            acceptor.move(from.host(), port);
            throw e;
        }
        LOG.info("RTSP at {}", acceptor.address());
    }

    private void moveSecure(ListenerSettings from, ListenerSettings to) throws IOException {
        try {
            if (secure.isPresent()) {
                secure.get().move(to.host(), secure.get().address().getPort());
            }
        } catch (IOException e) {
            udp.move(to.host(), from.host());
            throw e;
        }
    }

    private Acceptor acceptor(int port, Optional<Certificate> shown) throws IOException {
        var bootstrap = new ServerBootstrap()
                .group(group)
                .channel(sockets.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, shown);
                    }
                });
        var opened = new Acceptor(bootstrap, settings.host(), port);
        LOG.info(
                "{} at {} ({}, {} threads)",
                shown.isPresent() ? "RTSPS" : "RTSP",
                opened.address(),
                sockets.name(),
                settings.threads());
        return opened;
    }

    private void accept(Channel channel, Optional<Certificate> shown) {
        var remote = (InetSocketAddress) channel.remoteAddress();
        if (!gate.admits(remote)) {
            connections.refuse(channel, "its network is denied, or not among those that are allowed");
            return;
        }
        if (!connections.admit(channel)) {
            return;
        }
        shown.ifPresent(
                certificate -> channel.pipeline().addLast(certificate.context().newHandler(channel.alloc())));
        connections.add(channel, RtspConnection.on(channel, requests));
    }

    private void check() {
        sessions.check();
        certificate.ifPresent(Certificate::check);
        connections.check();
    }

    private UdpPorts ports(EventLoop loop) {
        return udp.ports(loop);
    }

    /** The loop that the next stream belongs to. */
    EventLoop nextLoop() {
        return group.next();
    }

    PooledByteBufAllocator allocator() {
        return allocator;
    }

    /** What the streams may keep for new readers. */
    GopBudget budget() {
        return budget;
    }

    synchronized InetSocketAddress address() {
        return acceptor.address();
    }

    List<ReaderStatus> readers() {
        return sessions.readers();
    }

    List<EndedReader> ended() {
        return sessions.ended();
    }

    /** Datagrams that the kernel refused. */
    long sendErrors() {
        return udp.errors();
    }

    int connections() {
        return connections.size();
    }

    /** Closes all sockets and ends the threads; returns when that is done. */
    @Override
    public synchronized void close() {
        if (acceptor != null) {
            acceptor.close();
        }
        secure.ifPresent(Acceptor::close);
        udp.close();
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * STOP_SECONDS, TimeUnit.SECONDS);
    }
}
