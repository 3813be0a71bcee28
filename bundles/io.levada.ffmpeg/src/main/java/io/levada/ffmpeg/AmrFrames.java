/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where one AMR frame ends and the next one begins (RFC 4867, 5.3): depacketisers give out all that lie in one packet in one
 * piece, while the packetiser of FFmpeg 8.0.1 takes what it gets for one frame, and writes a longer one past its packet.
 */
enum AmrFrames {
    NARROW(8000, 12, 13, 15, 17, 19, 20, 26, 31, 5),
    WIDE(16_000, 17, 23, 32, 36, 40, 46, 50, 58, 60, 5);

    private static final int TYPE_SHIFT = 3;
    private static final int TYPE = 15;

    /** Frames in a second. */
    private static final int RATE = 50;

    private static final int SPEECH_LOST = 14;
    private static final int NO_DATA = 15;

    /** In ticks of the RTP clock. */
    final int duration;

    /** Bytes of each frame type behind the one that names it. */
    private final int[] sizes;

    AmrFrames(int clockRate, int... sizes) {
        this.duration = clockRate / RATE;
        this.sizes = sizes;
    }

    /** For a codec by FFmpeg's name; empty if it is another one. */
    static Optional<AmrFrames> of(String codec) {
        return switch (codec) {
            case "amr_nb" -> Optional.of(NARROW);
            case "amr_wb" -> Optional.of(WIDE);
            default -> Optional.empty();
        };
    }

    /** The bytes of the frame that begins there; 0 if there is none, or not all of it. */
    int length(ByteBuffer frames, int at) {
        if (at >= frames.limit()) {
            return 0;
        }
        int type = frames.get(at) >> TYPE_SHIFT & TYPE;
        if (type == NO_DATA || this == WIDE && type == SPEECH_LOST) {
            return 1;
        }
        int length = type < sizes.length ? 1 + sizes[type] : 0;
        return at + length <= frames.limit() ? length : 0;
    }
}
