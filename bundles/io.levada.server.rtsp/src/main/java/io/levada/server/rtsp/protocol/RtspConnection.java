/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;

import io.levada.server.rtsp.auth.Nonce;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.rtsp.RtspEncoder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: answers its requests, takes the packets in between, and knows which sessions use it. All is done on
 * its event loop, except what says otherwise.
 */
public final class RtspConnection extends SimpleChannelInboundHandler<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(RtspConnection.class);

    private static final int MOST_UNREAD = 64;
    private static final int CLOSE_SECONDS = 2;

    private final Channel channel;
    private final InetSocketAddress remote;
    private final RequestQueue queue;
    private final RequestAssembler assembler = new RequestAssembler();
    private final RtspEncoder encoder = new RtspEncoder();
    private final InterleavedChannels channels = new InterleavedChannels();
    private final TunnelEnd tunnel;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

    private ChannelHandlerContext frames;
    private Nonce nonce = new Nonce(System.nanoTime());
    private String user = "";
    private boolean closing;
    /** Answers that the socket has not taken yet. */
    private int unread;

    /** Since when the socket takes nothing, where it does not. */
    private long fullSince;

    /** Whether it ever said something that could be understood. */
    private volatile boolean asked;

    private volatile long lastUse = System.nanoTime();

    private RtspConnection(Channel channel, Requests requests) {
        this.channel = channel;
        this.remote = (InetSocketAddress) channel.remoteAddress();
        this.tunnel = new TunnelEnd(this, channel, requests.tunnels());
        this.queue = new RequestQueue(
                channel.eventLoop(), (request, answer) -> requests.handle(request, this, answer), this::answer);
    }

    /** Serves RTSP on an accepted channel. */
    public static RtspConnection on(Channel channel, Requests requests) {
        var connection = new RtspConnection(channel, requests);
        var decoder = connection.tunnel.decoder();
        channel.pipeline().addLast(decoder, connection.encoder, connection.assembler, connection);
        connection.frames = channel.pipeline().context(decoder);
        return connection;
    }

    /** What comes is for who was added behind them. */
    void removeHandlers() {
        var pipeline = channel.pipeline();
        pipeline.remove(encoder);
        pipeline.remove(assembler);
        pipeline.remove(this);
        pipeline.remove(tunnel.decoder());
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    InetSocketAddress remote() {
        return remote;
    }

    InetSocketAddress local() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Where packets are written past the encoder of responses. */
    ChannelHandlerContext frames() {
        return frames;
    }

    /** Whether nobody can overhear it. */
    boolean secure() {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** As whom the client signed in for the request that is being done; empty if it did not have to. */
    String user() {
        return user;
    }

    void user(String signedIn) {
        user = signedIn;
    }

    /** For the request that is being done. */
    Nonce nonce() {
        return nonce;
    }

    /** The same, a new one in place of one that is not good any more. */
    Nonce renewedNonce(boolean stale) {
        if (stale || nonce.old(System.nanoTime())) {
            nonce = new Nonce(System.nanoTime());
        }
        return nonce;
    }

    /** Its part in a tunnel over HTTP, if it has one. */
    TunnelEnd tunnel() {
        return tunnel;
    }

    InterleavedChannels channels() {
        return channels;
    }

    // -- requests and what comes between them

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        if (closing) {
            return;
        }
        if (message instanceof InterleavedFrame frame) {
            channels.session(frame.channel())
                    .ifPresent(session -> session.interleaved(frame.channel(), frame.content()));
        } else if (message instanceof RtspRequest request) {
            asked = true;
            lastUse = System.nanoTime();
            if (!queue.add(request)) {
                write("", RtspResponse.of(BAD_REQUEST).last());
            }
        } else if (message instanceof RequestAssembler.Unreadable unreadable) {
            write(unreadable.cseq(), RtspResponse.of(unreadable.status()).last());
        } else if (message instanceof HttpRequest request) {
            asked = true;
            tunnel.begin(request);
        }
    }

    private void answer(RtspRequest request, RtspResponse response) {
        write(Requests.cseq(request), response);
    }

    private void write(String cseq, RtspResponse response) {
        if (closing) {
            return;
        }
        LOG.debug("{}: {}", remote, response.status());
        channel.writeAndFlush(response.encode(cseq)).addListener(written -> unread--);
        if (++unread > MOST_UNREAD) {
            LOG.info("{} asks and does not read the answers", remote);
            ends();
            abort();
        } else if (response.isLast()) {
            close();
        }
    }

    // -- sessions

    /** Any thread. */
    void use(Session session) {
        sessions.add(session);
    }

    /** Any thread. */
    void forget(Session session) {
        lastUse = System.nanoTime();
        sessions.remove(session);
    }

    Set<Session> sessions() {
        return sessions;
    }

    /** A session over TCP lives on it. */
    boolean carries() {
        return channels.carried().isPresent();
    }

    // -- the end

    /** The session was ended by the server; the connection goes with it, unless it has others. Any thread. */
    void closeSoon(Session ended) {
        loop().execute(() -> {
            sessions.remove(ended);
            if (sessions.isEmpty()) {
                close();
            }
        });
    }

    /** Nothing more is done that it asks for. */
    private void ends() {
        closing = true;
        queue.close();
    }

    boolean closing() {
        return closing;
    }

    /** After the answers that are on their way. */
    void close() {
        ends();
        if (!channel.isWritable()) { // what waits for a reader that does not read would wait for ever
            if (System.nanoTime() - fullSince > TimeUnit.SECONDS.toNanos(CLOSE_SECONDS)) {
                abort();
            } else {
                channel.close();
            }
            return;
        }
        frames.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        loop().schedule(() -> channel.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Also what is in the kernel is given up: megabytes, which it would keep for minutes for who does not read. */
    private void abort() {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    /** Nanoseconds since its last request or the end of its last session; any thread. */
    public long idle() {
        return sessions.isEmpty() && !tunnel.isInput() ? System.nanoTime() - lastUse : 0;
    }

    /** Whether it has not asked for anything yet; any thread. */
    public boolean silent() {
        return !asked;
    }

    /** Any thread. */
    public void expire() {
        loop().execute(this::close);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ends();
        tunnel.close();
        for (var session : sessions) {
            if (session.loop().inEventLoop()) {
                session.connectionClosed(this);
            } else {
                session.loop().execute(() -> session.connectionClosed(this));
            }
        }
        context.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            channels.carried().ifPresent(Session::writable);
        } else {
            fullSince = System.nanoTime();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) { // a handshake's comes wrapped
            LOG.debug("{}: {}", remote, cause.toString());
        } else {
            LOG.warn("connection of {} failed", remote, cause);
        }
        context.close();
    }
}
