/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.rtsp.RtspDecoder;
import java.util.List;

/**
 * Netty's RTSP decoder, with interleaved packets (RFC 2326, 10.12) between messages taken out before it sees them: it takes
 * a {@code $} for the beginning of a broken message.
 */
final class RtspServerDecoder extends RtspDecoder {

    static final int MOST_LINE = 4096;
    static final int MOST_HEADERS = 16 * 1024;
    static final int MOST_BODY = 64 * 1024;

    private static final int PREFIX = 4;

    private boolean inMessage;

    RtspServerDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MOST_LINE)
                .setMaxHeaderSize(MOST_HEADERS)
                .setMaxChunkSize(MOST_BODY)
                .setStrictLineParsing(false)); // RFC 2326, 4: a line may end with LF alone
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!inMessage) {
            while (in.isReadable() && isLineEnd(in.getByte(in.readerIndex()))) {
                in.skipBytes(1); // between messages, as some clients send
            }
            if (!in.isReadable()) {
                return;
            }
            if (in.getByte(in.readerIndex()) == '$') {
                interleaved(in, out);
                return;
            }
            inMessage = true;
        }
        int before = out.size();
        super.decode(context, in, out);
        if (out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent) {
            inMessage = false;
        }
    }

    /** A client's response is none of anything, and must not turn off the decoding of what follows. */
    @Override
    protected boolean isSwitchingToNonHttp1Protocol(HttpResponse response) {
        return false;
    }

    private static void interleaved(ByteBuf in, List<Object> out) {
        if (in.readableBytes() >= PREFIX) {
            int length = in.getUnsignedShort(in.readerIndex() + 2);
            if (in.readableBytes() >= PREFIX + length) {
                int channel = in.getUnsignedByte(in.readerIndex() + 1);
                in.skipBytes(PREFIX);
                out.add(new InterleavedFrame(channel, in.readRetainedSlice(length)));
            }
        }
    }

    private static boolean isLineEnd(byte character) {
        return character == '\r' || character == '\n';
    }
}
