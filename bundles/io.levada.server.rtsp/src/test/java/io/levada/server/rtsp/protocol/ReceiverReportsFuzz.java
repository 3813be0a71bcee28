/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.Unpooled;

/** RTCP from a reader: whatever it is, the counters stay within what their fields can say. */
public final class ReceiverReportsFuzz {

    private static final int SMALLEST_BLOCK = 24;

    private ReceiverReportsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var reports = new ReceiverReports();
        var packet = Unpooled.wrappedBuffer(input);
        boolean rtcp = reports.read(packet);
        boolean sane = reports.received() <= input.length / SMALLEST_BLOCK
                && (rtcp || reports.received() == 0)
                && reports.fractionLost() >= 0
                && reports.fractionLost() < 256
                && Math.abs(reports.lost()) <= 1 << 23
                && reports.jitter() >= 0
                && reports.jitter() < 1L << 32;
        if (!sane || packet.readerIndex() != 0) {
            throw new AssertionError(reports.received() + " reports of " + input.length + " bytes, lost "
                    + reports.lost() + ", jitter " + reports.jitter());
        }
    }
}
