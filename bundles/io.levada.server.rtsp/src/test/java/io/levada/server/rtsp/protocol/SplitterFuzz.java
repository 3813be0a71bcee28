/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/** Requests and interleaved packets come apart in the same way, in whatever pieces the network brings them. */
public final class SplitterFuzz {

    private static final int MOST_PIECES = 2000;

    private SplitterFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var whole = read(input, input.length);
        for (int piece : new int[] {1, 3, 64}) {
            if (input.length / piece < MOST_PIECES) {
                var split = read(input, piece);
                if (!split.equals(whole)) {
                    throw new AssertionError("in pieces of " + piece + ":\n" + split + "\nas a whole:\n" + whole);
                }
            }
        }
    }

    private static String read(byte[] input, int piece) {
        var channel = new EmbeddedChannel(new RtspServerDecoder());
        var text = new StringBuilder();
        for (int at = 0; at < input.length; at += piece) {
            channel.writeInbound(Unpooled.copiedBuffer(input, at, Math.min(piece, input.length - at)));
            for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
                boolean broken = !append(message, text);
                ReferenceCountUtil.release(message);
                if (broken) { // the connection ends here
                    channel.finishAndReleaseAll();
                    return text.append("broken").toString();
                }
            }
        }
        channel.finishAndReleaseAll();
        return text.toString();
    }

    private static boolean append(Object message, StringBuilder text) {
        if (message instanceof InterleavedFrame frame) {
            text.append(frame.channel()).append(frame.content().toString(StandardCharsets.ISO_8859_1));
            return true;
        }
        if (((HttpObject) message).decoderResult().isFailure()) {
            return false;
        }
        if (message instanceof HttpMessage head) {
            text.append(head);
        }
        if (message instanceof HttpContent content) {
            text.append(content.content().toString(StandardCharsets.ISO_8859_1));
        }
        if (message instanceof LastHttpContent) {
            text.append("\n--\n");
        }
        return true;
    }
}
