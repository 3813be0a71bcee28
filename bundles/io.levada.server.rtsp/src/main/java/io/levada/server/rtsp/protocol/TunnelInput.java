/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The body of a tunnel's POST: Base64, each message perhaps padded by itself, with line ends anywhere. */
final class TunnelInput extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(TunnelInput.class);

    private static final int GROUP = 4;

    private final TunnelEnd get;
    private final byte[] group = new byte[GROUP];
    private int filled;

    /** @param get of the connection that this is the input of */
    TunnelInput(TunnelEnd get) {
        this.get = get;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        var decoded = Unpooled.buffer(in.readableBytes());
        try {
            while (in.isReadable()) {
                byte next = in.readByte();
                if (next != '\r' && next != '\n' && next != ' ') {
                    group[filled++] = next;
                    if (filled == GROUP) {
                        filled = 0;
                        decoded.writeBytes(Base64.getDecoder().decode(group));
                    }
                }
            }
            get.received(decoded.retain());
        } catch (IllegalArgumentException e) {
            LOG.debug("{}: no Base64", context.channel().remoteAddress());
            in.skipBytes(in.readableBytes());
            get.expire();
            context.close();
        } finally {
            decoded.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("a tunnel's input failed", cause);
        }
        context.close();
    }
}
