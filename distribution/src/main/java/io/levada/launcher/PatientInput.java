/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Reads a non-blocking channel and waits for it only so long, which Java has no option for with Unix-domain sockets. */
final class PatientInput extends InputStream {

    private final SocketChannel channel;
    private final Selector selector;
    private Duration patience = Duration.ZERO;

    PatientInput(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** How long a read waits; zero is without limit. */
    void setPatience(Duration patience) {
        this.patience = patience;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws SocketTimeoutException if nothing came in time */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, offset, length);
        int count = channel.read(buffer);
        while (count == 0 && length > 0) {
            int ready = selector.select(patience.toMillis());
            selector.selectedKeys().clear();
            count = channel.read(buffer);
            if (ready == 0 && count == 0 && !patience.isZero()) {
                throw new SocketTimeoutException("nothing came within " + patience.toSeconds() + " s");
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
