/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.unix.Errors;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the kernel is given runs of datagrams in one piece and cuts them apart itself (UDP_SEGMENT), for one listener.
 * Thread-safe.
 */
public final class Segmentation {

    private static final Logger LOG = LoggerFactory.getLogger(Segmentation.class);

    /** The interface can't make checksums. */
    private static final int EIO = 5;

    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;

    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean on;

    /** @param on whether transport and kernel can */
    public Segmentation(boolean on) {
        this.on = on;
    }

    public boolean on() {
        return on;
    }

    /**
     * A run could not be sent. What an interface can't do is not tried again; what one reader's way can't carry, such as
     * segments that are larger than its path MTU, is that reader's matter.
     *
     * @return whether the reader's packets can go one by one
     */
    boolean refused(Throwable cause) {
        if (!(cause instanceof Errors.NativeIoException e
                && Set.of(EIO, EINVAL, EMSGSIZE).contains(-e.expectedErr()))) {
            return false;
        }
        if (-e.expectedErr() == EIO) {
            on = false;
        }
        if (!told.getAndSet(true)) {
            LOG.info(
                    "packets go out one by one to {}, for UDP segmentation offload was refused: {}",
                    on ? "readers whose way can't carry it" : "all readers",
                    cause.getMessage());
        }
        return true;
    }
}
