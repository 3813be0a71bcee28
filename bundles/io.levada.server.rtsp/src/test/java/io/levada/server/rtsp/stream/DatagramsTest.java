/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatagramsTest {

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final List<RtpBatch> batches = new ArrayList<>();

    @AfterEach
    void release() {
        for (var batch : batches) {
            batch.release();
            assertEquals(0, batch.frames().refCnt());
        }
    }

    @Test
    void fragmentsOfEqualSizeAndTheSmallerLastOneAreOneSend() {
        var datagrams = Datagrams.segmented(batch(1400, 1400, 1400, 200), allocator);

        assertEquals(List.of("4 x 1400 = 4400"), sends(datagrams));
        datagrams.release();
    }

    @Test
    void aSmallPacketEndsARunAndALargerOneBeginsAnother() {
        var datagrams = Datagrams.segmented(batch(40, 1400, 1400, 300, 300, 1400), allocator);

        assertEquals(List.of("1 x 40 = 40", "3 x 1400 = 3100", "1 x 300 = 300", "1 x 1400 = 1400"), sends(datagrams));
        datagrams.release();
    }

    @Test
    void aRunIsNeverLongerThanTheKernelTakes() {
        var sizes = new int[70];
        java.util.Arrays.fill(sizes, 1400);
        var datagrams = Datagrams.segmented(batch(sizes), allocator);

        assertEquals(List.of("32 x 1400 = 44800", "32 x 1400 = 44800", "6 x 1400 = 8400"), sends(datagrams));
        datagrams.release();
    }

    @Test
    void whatIsSentAreThePacketsInTheirOrder() {
        var batch = batch(40, 1400, 1400, 300);
        var segmented = Datagrams.segmented(batch, allocator);
        var single = Datagrams.single(batch);

        assertEquals(4, single.sends());
        assertEquals(content(single), content(segmented));
        single.release();
        segmented.release();
    }

    @Test
    void readersOfOnePassShareAForm() {
        var forms = new BatchForms(allocator);
        var batch = batch(1400, 1400);

        var first = forms.datagrams(batch, true);
        assertSame(first, forms.datagrams(batch, true));
        assertNotSame(first, forms.datagrams(batch, false));
        assertSame(forms.frames(batch, 6), forms.frames(batch, 6));
        forms.clear();
    }

    @Test
    void framesOfAnotherChannelDifferInThatAlone() {
        var forms = new BatchForms(allocator);
        var batch = batch(1400, 30);

        var frames = forms.frames(batch, 7);
        assertEquals(7, frames.getByte(1));
        assertEquals(7, frames.getByte(RtpBatch.PREFIX + 1400 + 1));
        var back = frames.copy().setByte(1, 0).setByte(RtpBatch.PREFIX + 1400 + 1, 0);
        assertEquals(batch.frames(), back);
        back.release();
        forms.clear();
    }

    private RtpBatch batch(int... sizes) {
        ByteBuf frames = allocator.directBuffer();
        for (int i = 0; i < sizes.length; i++) {
            frames.writeByte('$').writeByte(0).writeShort(sizes[i]);
            for (int j = 0; j < sizes[i]; j++) {
                frames.writeByte(i + j);
            }
        }
        var batch = new RtpBatch(0, 0, false, true, false, 0, sizes.length, 0, 0, frames);
        batches.add(batch);
        return batch;
    }

    private static List<String> sends(Datagrams datagrams) {
        var told = new ArrayList<String>();
        for (int i = 0; i < datagrams.sends(); i++) {
            var bytes = datagrams.bytes(i);
            told.add(datagrams.packets(i) + " x " + datagrams.segment(i) + " = " + bytes.readableBytes());
            bytes.release();
        }
        return told;
    }

    private static String content(Datagrams datagrams) {
        var all = new StringBuilder();
        for (int i = 0; i < datagrams.sends(); i++) {
            var bytes = datagrams.bytes(i);
            all.append(ByteBufUtil.hexDump(bytes));
            bytes.release();
        }
        return all.toString();
    }
}
