/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection's part in a tunnel over HTTP: it has the GET, whose requests other connections bring, one after the other as
 * players renew them; or it is such an input, by its POST. On its event loop, except what says otherwise.
 */
final class TunnelEnd {

    private final RtspConnection connection;
    private final Channel channel;
    private final Tunnels tunnels;
    private final RtspServerDecoder decoder = new RtspServerDecoder();
    private final Set<Channel> inputs = ConcurrentHashMap.newKeySet();
    private boolean output;
    private volatile boolean input;

    TunnelEnd(RtspConnection connection, Channel channel, Tunnels tunnels) {
        this.connection = connection;
        this.channel = channel;
        this.tunnels = tunnels;
    }

    /** What takes apart what the connection, or its inputs, bring. */
    RtspServerDecoder decoder() {
        return decoder;
    }

    /** It has no requests of its own: it ends with the connection that it is the input of. Any thread. */
    boolean isInput() {
        return input;
    }

    /** Makes the connection a part of a tunnel, or refuses that. */
    void begin(HttpRequest request) {
        var cookie = request.headers().get("x-sessioncookie", "").strip();
        if (request.method().equals(HttpMethod.GET) && !output && tunnels.open(cookie, connection)) {
            output = true;
            channel.closeFuture().addListener(closed -> tunnels.close(cookie, connection));
            answer(
                    "200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\nCache-Control: no-store\r\nPragma: no-cache");
        } else if (request.method().equals(HttpMethod.POST)) {
            tunnels.find(cookie, connection).ifPresentOrElse(get -> inputOf(get.tunnel()), () -> {
                answer("404 Not Found\r\nContent-Length: 0");
                connection.close();
            });
        } else {
            answer("400 Bad Request\r\nContent-Length: 0");
            connection.close();
        }
    }

    private void answer(String answer) {
        var text = "HTTP/1.0 " + answer + "\r\nServer: Levada\r\nConnection: close\r\n\r\n";
        connection.frames().writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    /** What was read already goes to the other one, too. */
    private void inputOf(TunnelEnd get) {
        input = true;
        get.inputs.add(channel);
        channel.closeFuture().addListener(closed -> get.inputs.remove(channel));
        if (!get.channel.isOpen()) {
            channel.close(); // it may have looked at its inputs before
        }
        channel.pipeline().addLast(new TunnelInput(get));
        connection.removeHandlers();
    }

    /** What its POST brought; takes the reference over. Any thread. */
    void received(ByteBuf bytes) {
        if (connection.loop().inEventLoop()) {
            decode(bytes);
            return;
        }
        try {
            connection.loop().execute(() -> decode(bytes));
        } catch (RejectedExecutionException e) {
            bytes.release(); // the server has stopped
        }
    }

    private void decode(ByteBuf bytes) {
        ChannelHandlerContext frames = connection.frames();
        try {
            if (connection.closing()) {
                bytes.release();
            } else {
                decoder.channelRead(frames, bytes); // past TLS, whose input this is not
                decoder.channelReadComplete(frames);
            }
        } catch (Exception e) {
            connection.exceptionCaught(frames, e);
        }
    }

    /** What its POST brings can't be understood; any thread. */
    void expire() {
        connection.expire();
    }

    /** The connection is gone. */
    void close() {
        inputs.forEach(Channel::close);
    }
}
