/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.server.ReaderState;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Reception;
import io.levada.server.rtsp.stream.Sent;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * A reader, for lists of them.
 *
 * @param id not the session's, for who knows that one may use it
 */
record ReaderInfo(
        String id,
        String protocol,
        String transport,
        String pipeline,
        String stage,
        String path,
        String user,
        InetSocketAddress remote,
        ReaderState state,
        Instant since,
        Sent sent,
        long queued,
        long queuedBytes,
        Optional<Reception> reception)
        implements ReaderStatus {

    @Override
    public String address() {
        return NetUtil.toSocketAddressString(remote);
    }

    @Override
    public long packets() {
        return sent.packets();
    }

    @Override
    public long bytes() {
        return sent.bytes();
    }

    @Override
    public long dropped() {
        return sent.dropped();
    }

    @Override
    public long skips() {
        return sent.skips();
    }
}
