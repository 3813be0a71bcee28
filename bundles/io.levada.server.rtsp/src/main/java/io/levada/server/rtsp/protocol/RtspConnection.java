/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.REQUEST_ENTITY_TOO_LARGE;

import io.levada.server.rtsp.auth.Nonce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.rtsp.RtspEncoder;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: puts requests together, answers them one after the other in their order, and takes the packets in
 * between. All is done on its event loop, except what says otherwise.
 */
public final class RtspConnection extends SimpleChannelInboundHandler<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(RtspConnection.class);

    private static final int MOST_WAITING = 32;
    private static final int MOST_UNREAD = 64;
    private static final int CHANNELS = 256;
    private static final int CLOSE_SECONDS = 2;

    private final Requests requests;
    private final RtspServerDecoder decoder = new RtspServerDecoder();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ArrayDeque<RtspRequest> waiting = new ArrayDeque<>();
    private final Map<Integer, Session> channels = new TreeMap<>();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

    private Channel channel;
    private ChannelHandlerContext frames;
    private InetSocketAddress remote;
    private Nonce nonce = new Nonce(System.nanoTime());
    private String user = "";
    private HttpRequest head;
    private boolean busy;
    private boolean closing;
    /** Answers that the socket has not taken yet. */
    private int unread;

    /** It has no requests of its own: it ends with the connection that it is the input of. */
    private volatile boolean input;

    /** It is a tunnel's GET, and these bring its requests: one after the other, as players renew them. */
    private boolean output;

    private final Set<Channel> inputs = ConcurrentHashMap.newKeySet();

    /** Whether it ever said something that could be understood. */
    private volatile boolean asked;

    private volatile long lastUse = System.nanoTime();

    private RtspConnection(Requests requests) {
        this.requests = requests;
    }

    /** Serves RTSP on an accepted channel. */
    public static RtspConnection on(Channel channel, Requests requests) {
        var connection = new RtspConnection(requests);
        connection.channel = channel;
        channel.pipeline().addLast(connection.decoder, new RtspEncoder(), connection);
        connection.frames = channel.pipeline().context(connection.decoder);
        connection.remote = (InetSocketAddress) channel.remoteAddress();
        return connection;
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

    // -- requests

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        if (closing) {
            return;
        }
        if (message instanceof InterleavedFrame frame) {
            interleaved(frame);
            return;
        }
        if (message instanceof HttpRequest request) {
            head = request;
            body.reset();
        }
        if (((HttpObject) message).decoderResult().isFailure()) {
            refuse(RtspResponse.of(BAD_REQUEST));
        } else if (head != null && head.protocolVersion().text().startsWith("HTTP/")) {
            tunnel(head);
        } else if (head != null && message instanceof HttpContent content) {
            content(content);
        }
    }

    private void content(HttpContent content) {
        if (body.size() + content.content().readableBytes() > RtspServerDecoder.MOST_BODY) {
            refuse(RtspResponse.of(REQUEST_ENTITY_TOO_LARGE));
            return;
        }
        body.writeBytes(ByteBufUtil.getBytes(content.content()));
        if (content instanceof LastHttpContent) {
            complete();
        }
    }

    private void complete() {
        var text = body.toString(StandardCharsets.UTF_8);
        var request = new RtspRequest(
                head.method().name(), head.uri(), head.protocolVersion().text(), head.headers(), text);
        head = null;
        asked = true;
        lastUse = System.nanoTime();
        if (waiting.size() >= MOST_WAITING) {
            refuse(RtspResponse.of(BAD_REQUEST));
            return;
        }
        waiting.add(request);
        next();
    }

    private void next() {
        while (!busy && !closing && !waiting.isEmpty()) {
            busy = true;
            var request = waiting.poll();
            Consumer<RtspResponse> answer = response -> answer(request, response);
            Requests.guarded(answer, () -> requests.handle(request, this, answer));
        }
    }

    /** Any thread. */
    private void answer(RtspRequest request, RtspResponse response) {
        if (loop().inEventLoop()) {
            write(Requests.cseq(request), response);
            busy = false;
            next();
        } else {
            try {
                loop().execute(() -> answer(request, response));
            } catch (RejectedExecutionException e) {
                LOG.debug("{}: the server has stopped", remote);
            }
        }
    }

    private void write(String cseq, RtspResponse response) {
        if (closing) {
            return;
        }
        LOG.debug("{}: {}", remote, response.status());
        channel.writeAndFlush(response.encode(cseq)).addListener(written -> unread--);
        if (++unread > MOST_UNREAD) {
            LOG.info("{} asks and does not read the answers", remote);
            closing = true;
            channel.close();
        } else if (response.isLast()) {
            close();
        }
    }

    /** What follows can't be understood. */
    private void refuse(RtspResponse response) {
        var cseq = head == null ? "" : head.headers().get("CSeq", "").strip();
        head = null;
        write(cseq.matches(Requests.CSEQ) ? cseq : "", response.last());
    }

    // -- RTSP over HTTP

    private void tunnel(HttpRequest request) {
        head = null;
        var cookie = request.headers().get("x-sessioncookie", "").strip();
        var tunnels = requests.tunnels();
        asked = true;
        if (request.method().equals(HttpMethod.GET) && !output && tunnels.open(cookie, this)) {
            output = true;
            channel.closeFuture().addListener(closed -> tunnels.close(cookie, this));
            http("200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\nCache-Control: no-store\r\nPragma: no-cache");
        } else if (request.method().equals(HttpMethod.POST)) {
            tunnels.find(cookie, this).ifPresentOrElse(this::inputOf, () -> {
                http("404 Not Found\r\nContent-Length: 0");
                close();
            });
        } else {
            http("400 Bad Request\r\nContent-Length: 0");
            close();
        }
    }

    private void http(String answer) {
        var text = "HTTP/1.0 " + answer + "\r\nServer: Levada\r\nConnection: close\r\n\r\n";
        frames.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    /** From now on this connection is the input of another; what was read already goes there, too. */
    private void inputOf(RtspConnection get) {
        input = true;
        get.inputs.add(channel);
        channel.closeFuture().addListener(closed -> get.inputs.remove(channel));
        if (!get.channel.isOpen()) {
            channel.close(); // it may have looked at its inputs before
        }
        var pipeline = channel.pipeline();
        pipeline.addLast(new TunnelInput(get));
        pipeline.remove(RtspEncoder.class);
        pipeline.remove(this);
        pipeline.remove(decoder);
    }

    /** What its POST brought; takes the reference over. Any thread. */
    void tunnelled(ByteBuf bytes) {
        if (loop().inEventLoop()) {
            decode(bytes);
            return;
        }
        try {
            loop().execute(() -> decode(bytes));
        } catch (RejectedExecutionException e) {
            bytes.release(); // the server has stopped
        }
    }

    private void decode(ByteBuf bytes) {
        try {
            if (closing) {
                bytes.release();
            } else {
                decoder.channelRead(frames, bytes); // past TLS, whose input this is not
                decoder.channelReadComplete(frames);
            }
        } catch (Exception e) {
            exceptionCaught(frames, e);
        }
    }

    // -- interleaved packets

    private void interleaved(InterleavedFrame frame) {
        var session = channels.get(frame.channel() & ~1);
        if (session == null) {
            session = channels.get(frame.channel() - 1);
        }
        if (session != null) {
            session.interleaved(frame.channel(), frame.content());
        }
    }

    /**
     * Takes a pair of interleaved channels for a session.
     *
     * @param wanted the first one, or -1 for any
     * @param usual which to take if the client leaves it open
     * @return the first channel, -1 if they are taken
     */
    int claim(Session session, int wanted, int usual) {
        int first = wanted;
        if (wanted < 0) {
            first = free(usual) ? usual : 0;
            while (first < CHANNELS && !free(first)) {
                first += 2;
            }
        }
        if (first + 1 >= CHANNELS || !free(first)) {
            return -1;
        }
        channels.put(first, session);
        return first;
    }

    private boolean free(int first) {
        return !channels.containsKey(first) && !channels.containsKey(first - 1) && !channels.containsKey(first + 1);
    }

    void unclaim(Session session, int first) {
        channels.remove(first, session);
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
        return !channels.isEmpty();
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

    private void close() {
        closing = true;
        waiting.clear();
        if (!channel.isWritable()) {
            channel.close(); // what waits for a reader that does not read would wait for ever
            return;
        }
        frames.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        loop().schedule(() -> channel.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Nanoseconds since its last request or the end of its last session; any thread. */
    public long idle() {
        return sessions.isEmpty() && !input ? System.nanoTime() - lastUse : 0;
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
        closing = true;
        waiting.clear();
        inputs.forEach(Channel::close);
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
            channels.values().stream().findFirst().ifPresent(Session::writable);
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
