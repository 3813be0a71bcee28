/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.wiring.link.Limits;
import io.levada.wiring.link.Policy;

/** The limits of a link that says nothing of its own. */
final class Usual {

    private static final int PICTURES = 4;
    /** A second of live pictures, in bounded memory: what a busy machine falls behind now and then is caught up, not lost. */
    private static final int LIVE_PICTURES = 64;

    private static final long LIVE_PICTURES_NANOS = 1_000_000_000L;
    private static final long LIVE_PICTURES_BYTES = 64_000_000;
    private static final int SMALL = 64;
    private static final int EVENTS = 256;
    private static final int LOSSLESS_PACKETS = 64;
    private static final int LIVE_PACKETS = 2000;
    private static final long LIVE_NANOS = 2_000_000_000L;

    private Usual() {}

    static Limits limits(Format format, boolean live, boolean analyzer) {
        return switch (format.type()) {
            case PACKET, CHUNK -> live
                    ? Limits.of(Policy.DROP_TO_KEYFRAME, LIVE_PACKETS, LIVE_NANOS, Limits.MOST_BYTES)
                    : Limits.count(Policy.BLOCK, LOSSLESS_PACKETS).elastic();
            case FRAME, TENSOR -> {
                boolean pictures = format.kind() != MediaKind.AUDIO;
                if (live && analyzer && pictures) {
                    yield Limits.count(Policy.LATEST, 1);
                }
                if (live && pictures) {
                    yield Limits.of(Policy.DROP_OLDEST, LIVE_PICTURES, LIVE_PICTURES_NANOS, LIVE_PICTURES_BYTES);
                }
                yield Limits.count(live ? Policy.DROP_OLDEST : Policy.BLOCK, pictures ? PICTURES : SMALL);
            }
            case EVENT -> Limits.count(live ? Policy.DROP_OLDEST : Policy.BLOCK, EVENTS);
        };
    }
}
