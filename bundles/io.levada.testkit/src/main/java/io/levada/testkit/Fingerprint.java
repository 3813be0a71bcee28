/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Memory;
import java.util.zip.CRC32;

/** Tells whether the content of memory changed. */
final class Fingerprint {

    private Fingerprint() {}

    /** Of all planes; 0 for memory that is not on the host. */
    static long of(Memory memory) {
        if (memory.kind() != Memory.Kind.HOST) {
            return 0;
        }
        var crc = new CRC32();
        for (int plane = 0; plane < memory.planes(); plane++) {
            var bytes = memory.plane(plane).duplicate();
            bytes.clear();
            crc.update(bytes);
        }
        return crc.getValue();
    }
}
