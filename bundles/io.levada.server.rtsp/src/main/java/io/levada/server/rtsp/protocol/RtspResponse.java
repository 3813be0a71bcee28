/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.OK;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.rtsp.RtspVersions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is answered to a request; headers have the names' usual letter case, for some clients look at it. */
final class RtspResponse {

    private final HttpResponseStatus status;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private String body = "";
    private boolean last;

    private RtspResponse(HttpResponseStatus status) {
        this.status = status;
    }

    static RtspResponse ok() {
        return new RtspResponse(OK);
    }

    static RtspResponse of(HttpResponseStatus status) {
        return new RtspResponse(status);
    }

    /** Says in a few words why; they are all that programs show of a refusal. */
    static RtspResponse of(HttpResponseStatus status, String why) {
        return new RtspResponse(new HttpResponseStatus(status.code(), why.replaceAll("[^\\p{Print}]", "?")));
    }

    /** Adds a header; a name may come more than once. */
    RtspResponse header(String name, String value) {
        headers.add(Map.entry(name, value));
        return this;
    }

    RtspResponse body(String type, String text) {
        body = text;
        return header("Content-Type", type);
    }

    /** The connection is closed after it. */
    RtspResponse last() {
        last = true;
        return header("Connection", "close");
    }

    boolean isLast() {
        return last;
    }

    HttpResponseStatus status() {
        return status;
    }

    FullHttpResponse encode(String cseq) {
        var content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        var message = new DefaultFullHttpResponse(RtspVersions.RTSP_1_0, status, content);
        if (!cseq.isEmpty()) {
            message.headers().set("CSeq", cseq);
        }
        message.headers().set("Server", "Levada");
        headers.forEach(header -> message.headers().add(header.getKey(), header.getValue()));
        if (content.isReadable()) {
            message.headers().set("Content-Length", content.readableBytes());
        }
        return message;
    }
}
