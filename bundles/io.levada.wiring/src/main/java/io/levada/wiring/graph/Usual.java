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
    private static final int SMALL = 64;
    private static final int EVENTS = 256;
    private static final int LOSSLESS_PACKETS = 32;
    private static final int LIVE_PACKETS = 2000;
    private static final long LIVE_NANOS = 2_000_000_000L;

    private Usual() {}

    static Limits limits(Format format, boolean live, boolean analyzer) {
        return switch (format.type()) {
            case PACKET, CHUNK -> live
                    ? new Limits(Policy.DROP_TO_KEYFRAME, LIVE_PACKETS, LIVE_NANOS, Limits.MOST_BYTES)
                    : counted(Policy.BLOCK, LOSSLESS_PACKETS);
            case FRAME, TENSOR -> {
                boolean pictures = format.kind() != MediaKind.AUDIO;
                if (live && analyzer && pictures) {
                    yield counted(Policy.LATEST, 1);
                }
                yield counted(live ? Policy.DROP_OLDEST : Policy.BLOCK, pictures ? PICTURES : SMALL);
            }
            case EVENT -> counted(live ? Policy.DROP_OLDEST : Policy.BLOCK, EVENTS);
        };
    }

    private static Limits counted(Policy policy, int samples) {
        return new Limits(policy, samples, Long.MAX_VALUE, Limits.MOST_BYTES);
    }
}
