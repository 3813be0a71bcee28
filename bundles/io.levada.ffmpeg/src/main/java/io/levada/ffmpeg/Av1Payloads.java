/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_grow_packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.BytePointer;

/**
 * Takes OBUs out of RTP packets ("RTP Payload Format For AV1", version 1.0) and makes a temporal unit of the low-overhead bit
 * stream of them (AV1 specification, 5.2): each OBU with its size.
 *
 * <p>FFmpeg has a depacketiser of its own, but that of 8.0.1 writes past its packet as soon as a stranger sends a temporal
 * delimiter or a tile list (rtpdec_av1.c goes forward in what it writes instead of in what it reads), and it wants all
 * packets of a unit in one call. For one thread.
 */
final class Av1Payloads {

    // The aggregation header, section 4.4.
    private static final int CONTINUES = 0x80;
    private static final int TO_BE_CONTINUED = 0x40;
    private static final int COUNT_SHIFT = 4;
    private static final int COUNT = 3;

    // The OBU header, AV1 5.3.2.
    private static final int FORBIDDEN = 0x80;
    private static final int TYPE_SHIFT = 3;
    private static final int TYPE = 15;
    private static final int EXTENSION = 0x04;
    private static final int HAS_SIZE = 0x02;

    private static final int TEMPORAL_DELIMITER = 2;
    private static final int TILE_LIST = 8;

    private static final int LONGEST_LEB128 = 8;

    /** The OBU whose end has not come yet. */
    private byte[] obu = new byte[4096];

    private int length;
    private boolean begun;

    /** The OBU that is begun does not go on. */
    void forget() {
        length = 0;
        begun = false;
    }

    /**
     * Appends the OBUs that end in this RTP packet to the unit.
     *
     * @param packet between position and limit, which stay
     * @return whether nothing of it had to be left out
     */
    boolean take(ByteBuffer packet, AVPacket unit) {
        var payload = RtpPayload.of(packet);
        if (!payload.hasRemaining()) {
            return true;
        }
        int header = payload.get();
        int count = header >> COUNT_SHIFT & COUNT;
        boolean whole = true;
        if ((header & CONTINUES) == 0) {
            whole = !begun;
            forget();
        }
        boolean continues = (header & CONTINUES) != 0;
        for (int element = 1; payload.hasRemaining(); element++) {
            int size = element == count ? payload.remaining() : leb128(payload);
            if (size < 0 || size > payload.remaining()) {
                forget();
                return false;
            }
            if (continues && !begun) {
                payload.position(payload.position() + size); // its beginning was lost
                whole = false;
            } else {
                keep(payload, size);
            }
            continues = false;
            if ((header & TO_BE_CONTINUED) == 0 || payload.hasRemaining()) {
                whole &= !begun || append(ByteBuffer.wrap(obu, 0, length), unit);
                forget();
            }
        }
        return whole;
    }

    private void keep(ByteBuffer payload, int size) {
        if (length + size > obu.length) {
            obu = Arrays.copyOf(obu, Math.max(2 * obu.length, length + size));
        }
        payload.get(obu, length, size);
        length += size;
        begun = true;
    }

    /**
     * With its size, which senders leave out as a rule. Delimiters and tile lists are nothing for receivers (section 5).
     *
     * @return false if it is none
     */
    private static boolean append(ByteBuffer obu, AVPacket unit) {
        if (!obu.hasRemaining()) {
            return true;
        }
        int header = obu.get();
        boolean extended = (header & EXTENSION) != 0;
        if ((header & FORBIDDEN) != 0 || extended && !obu.hasRemaining()) {
            return false;
        }
        int extension = extended ? obu.get() : 0;
        int size = (header & HAS_SIZE) == 0 ? obu.remaining() : leb128(obu);
        if (size < 0 || size > obu.remaining()) {
            return false;
        }
        int type = header >> TYPE_SHIFT & TYPE;
        if (type != TEMPORAL_DELIMITER && type != TILE_LIST) {
            int from = unit.size();
            grow(unit, (extended ? 2 : 1) + leb128Length(size) + size);
            var out = new BytePointer(unit.data())
                    .capacity(unit.size())
                    .asByteBuffer()
                    .position(from);
            out.put((byte) (header | HAS_SIZE));
            if (extended) {
                out.put((byte) extension);
            }
            putLeb128(out, size);
            out.put(obu.limit(obu.position() + size));
        }
        return true;
    }

    private static void grow(AVPacket unit, int by) {
        if (av_grow_packet(unit, by) < 0) {
            throw new OutOfMemoryError("av_grow_packet");
        }
    }

    /** AV1, 4.10.5; -1 if it is none, or one that no packet holds. */
    private static int leb128(ByteBuffer from) {
        long value = 0;
        for (int i = 0; i < LONGEST_LEB128 && from.hasRemaining(); i++) {
            int next = from.get();
            value |= (next & 0x7fL) << 7 * i;
            if (next >= 0) {
                return value <= Integer.MAX_VALUE ? (int) value : -1;
            }
        }
        return -1;
    }

    private static int leb128Length(int value) {
        int length = 1;
        for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
            length++;
        }
        return length;
    }

    private static void putLeb128(ByteBuffer out, int value) {
        int rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            out.put((byte) (rest | 0x80));
        }
        out.put((byte) rest);
    }
}
