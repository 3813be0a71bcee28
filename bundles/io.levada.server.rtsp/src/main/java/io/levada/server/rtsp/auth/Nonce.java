/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a connection's Digest answers are made with. It is the connection's own, so that what was overheard is of no use
 * elsewhere. For one request at a time.
 */
public final class Nonce {

    static final long LIFE_NANOS = 300_000_000_000L;

    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String value;
    private final long made;
    private long count;

    /** @param now {@link System#nanoTime} */
    public Nonce(long now) {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        value = HexFormat.of().formatHex(bytes);
        made = now;
    }

    String value() {
        return value;
    }

    /** Whether it is too old to be used any more. */
    public boolean old(long now) {
        return now - made > LIFE_NANOS;
    }

    /** Counts a use with the client's own count; false if that was used before. */
    boolean use(long clientCount) {
        boolean fresh = clientCount > count;
        count = Math.max(count, clientCount);
        return fresh;
    }
}
