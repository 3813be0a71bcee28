/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.REQUEST_ENTITY_TOO_LARGE;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Puts whole requests together of what the decoder finds. Requests of HTTP, which begin a tunnel, pass without what follows
 * them. After what can't be understood nothing is, and nothing more comes out.
 */
final class RequestAssembler extends MessageToMessageDecoder<HttpObject> {

    /**
     * What can't be understood.
     *
     * @param cseq the request's number; empty if it has none that can be echoed
     * @param status what to answer
     */
    record Unreadable(String cseq, HttpResponseStatus status) {}

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private HttpRequest head;
    private boolean ended;

    @Override
    protected void decode(ChannelHandlerContext context, HttpObject message, List<Object> out) {
        if (ended) {
            return;
        }
        if (message instanceof HttpRequest request) {
            head = request;
            body.reset();
        }
        if (message.decoderResult().isFailure()) {
            out.add(unreadable(BAD_REQUEST));
        } else if (head != null && head.protocolVersion().text().startsWith("HTTP/")) {
            out.add(head);
            head = null;
        } else if (head != null && message instanceof HttpContent content) {
            append(content, out);
        }
    }

    private void append(HttpContent content, List<Object> out) {
        if (body.size() + content.content().readableBytes() > RtspServerDecoder.MOST_BODY) {
            out.add(unreadable(REQUEST_ENTITY_TOO_LARGE));
            return;
        }
        body.writeBytes(ByteBufUtil.getBytes(content.content()));
        if (content instanceof LastHttpContent) {
            out.add(new RtspRequest(
                    head.method().name(),
                    head.uri(),
                    head.protocolVersion().text(),
                    head.headers(),
                    body.toString(StandardCharsets.UTF_8)));
            head = null;
        }
    }

    private Unreadable unreadable(HttpResponseStatus status) {
        var cseq = head == null ? "" : head.headers().get("CSeq", "").strip();
        head = null;
        ended = true;
        return new Unreadable(cseq.matches(Requests.CSEQ) ? cseq : "", status);
    }
}
