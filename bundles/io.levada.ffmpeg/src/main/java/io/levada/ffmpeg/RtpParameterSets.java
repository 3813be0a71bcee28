/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/**
 * The parameter sets of H.264 and H.265 out of a format's extradata, in the syntax that the format's packets have: Annex B as
 * it is, or each with its length in front for avcC (ISO/IEC 14496-15, 5.3.3.1) and hvcC (8.3.3.1).
 */
final class RtpParameterSets {

    private static final int PADDING = 64;
    private static final int AVCC_SETS = 5;
    private static final int HVCC_ARRAYS = 22;

    private RtpParameterSets() {}

    /**
     * The sets, ready to be muxed as an access unit; null when the extradata holds none.
     *
     * @throws StageException when the extradata is damaged
     */
    static BytePointer inBand(PacketFormat format) throws StageException {
        var extradata = format.extradata();
        if (!extradata.hasRemaining()) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = bytes(format, extradata);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw StageException.failed("the parameter sets of " + format + " are damaged");
        }
        var pointer = new BytePointer((long) bytes.length + PADDING);
        pointer.put(bytes).limit(bytes.length);
        return pointer;
    }

    private static byte[] bytes(PacketFormat format, ByteBuffer extradata) {
        if (extradata.get(0) == 1) {
            return format.codec().equals("h264") ? avcC(extradata) : hvcC(extradata);
        }
        var annexB = new byte[extradata.remaining()];
        extradata.get(annexB);
        return annexB;
    }

    private static byte[] avcC(ByteBuffer box) {
        var sets = new ByteArrayOutputStream();
        int lengthSize = (box.get(4) & 3) + 1;
        box.position(AVCC_SETS);
        copy(box, box.get() & 0x1f, lengthSize, sets);
        copy(box, box.get() & 0xff, lengthSize, sets);
        return sets.toByteArray();
    }

    private static byte[] hvcC(ByteBuffer box) {
        var sets = new ByteArrayOutputStream();
        int lengthSize = (box.get(HVCC_ARRAYS - 1) & 3) + 1;
        box.position(HVCC_ARRAYS);
        int arrays = box.get() & 0xff;
        for (int i = 0; i < arrays; i++) {
            box.get(); // the type is in the unit itself too
            copy(box, box.getShort() & 0xffff, lengthSize, sets);
        }
        return sets.toByteArray();
    }

    private static void copy(ByteBuffer from, int count, int lengthSize, ByteArrayOutputStream into) {
        for (int i = 0; i < count; i++) {
            var unit = new byte[from.getShort() & 0xffff];
            from.get(unit);
            for (int shift = 8 * (lengthSize - 1); shift >= 0; shift -= 8) {
                into.write(unit.length >> shift);
            }
            into.writeBytes(unit);
        }
    }
}
