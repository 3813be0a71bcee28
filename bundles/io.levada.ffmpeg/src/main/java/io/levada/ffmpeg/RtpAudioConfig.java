/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.PacketFormat;
import java.nio.ByteBuffer;

/**
 * The AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) of AAC that comes in ADTS frames, from MPEG-TS for instance: SDP needs
 * it, and FFmpeg writes it only from extradata.
 */
final class RtpAudioConfig {

    private static final int[] RATES = {
        96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
    };
    private static final int LOW_COMPLEXITY = 2;
    private static final int SEVEN_POINT_ONE = 8;

    private RtpAudioConfig() {}

    /** The format with extradata, if it is AAC that had none; else the same. */
    static PacketFormat complete(PacketFormat format) {
        return format.codec().equals("aac") && !format.extradata().hasRemaining()
                ? format.toBuilder().extradata(config(format)).build()
                : format;
    }

    private static ByteBuffer config(PacketFormat format) {
        int rate = 0;
        while (rate < RATES.length - 1 && RATES[rate] != format.sampleRate()) {
            rate++;
        }
        int channels = format.channels() == SEVEN_POINT_ONE ? 7 : format.channels();
        int bits = LOW_COMPLEXITY << 11 | rate << 7 | channels << 3;
        return ByteBuffer.allocate(2).putShort(0, (short) bits);
    }
}
