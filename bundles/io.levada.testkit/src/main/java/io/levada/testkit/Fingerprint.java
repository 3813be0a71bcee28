/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFrame;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Tells whether the content of memory changed. */
final class Fingerprint {

    private Fingerprint() {}

    /** Of all planes with their padding; 0 for memory that is not on the host. */
    static long of(Memory memory) {
        var crc = new CRC32();
        for (int plane = 0; memory.kind() == Memory.Kind.HOST && plane < memory.planes(); plane++) {
            crc.update(plane(memory, plane));
        }
        return crc.getValue();
    }

    /** Of the content, without the padding between the rows of a picture. */
    static long of(Sample sample) {
        if (!(sample instanceof VideoFrame frame) || frame.format().memory() != Memory.Kind.HOST) {
            return of(sample.memory());
        }
        var crc = new CRC32();
        var pixels = frame.format().pixelFormat();
        for (int plane = 0; plane < pixels.planes(); plane++) {
            var bytes = plane(frame.memory(), plane);
            for (int row = 0; row < pixels.rows(plane, frame.height()); row++) {
                int start = row * frame.stride(plane);
                crc.update(bytes.slice(start, pixels.rowBytes(plane, frame.width())));
            }
        }
        return crc.getValue();
    }

    private static ByteBuffer plane(Memory memory, int plane) {
        return memory.plane(plane).duplicate().clear();
    }
}
