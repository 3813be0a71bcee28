/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/** A packet that came between requests (RFC 2326, 10.12). */
final class InterleavedFrame extends DefaultByteBufHolder {

    private final int channel;

    InterleavedFrame(int channel, ByteBuf content) {
        super(content);
        this.channel = channel;
    }

    int channel() {
        return channel;
    }
}
