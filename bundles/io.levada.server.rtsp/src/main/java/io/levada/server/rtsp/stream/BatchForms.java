/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;

/**
 * What readers are sent of a batch where that is not its frames as they are. Each form is made once for all readers that a
 * pass over them comes to, and kept no longer. For one event loop.
 */
final class BatchForms {

    /** Readers that replay may each be elsewhere; those that are live are at one batch. */
    private static final int MOST = 16;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<Datagrams> datagrams = new ArrayDeque<>();
    private final ArrayDeque<Frames> frames = new ArrayDeque<>();

    private record Frames(RtpBatch batch, int channel, ByteBuf bytes) {}

    BatchForms(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * The batch's datagrams, lent.
     *
     * @param segmented whether the kernel can cut them apart
     */
    Datagrams datagrams(RtpBatch batch, boolean segmented) {
        for (var form : datagrams) {
            if (form.batch() == batch && form.segmented() == segmented) {
                return form;
            }
        }
        if (datagrams.size() == MOST) {
            datagrams.removeLast().release();
        }
        var made = segmented ? Datagrams.segmented(batch, allocator) : Datagrams.single(batch);
        datagrams.addFirst(made);
        return made;
    }

    /** The batch's frames with another channel in their headers, lent. */
    ByteBuf frames(RtpBatch batch, int channel) {
        for (var form : frames) {
            if (form.batch() == batch && form.channel() == channel) {
                return form.bytes();
            }
        }
        if (frames.size() == MOST) {
            frames.removeLast().bytes().release();
        }
        var made = renamed(batch.frames(), channel);
        frames.addFirst(new Frames(batch, channel, made));
        return made;
    }

    private ByteBuf renamed(ByteBuf original, int channel) {
        var copy = allocator.directBuffer(original.readableBytes());
        copy.writeBytes(original, original.readerIndex(), original.readableBytes());
        for (int at = 0; at < copy.writerIndex(); ) {
            copy.setByte(at + 1, channel);
            at += RtpBatch.PREFIX + copy.getUnsignedShort(at + 2);
        }
        return copy;
    }

    /** After a pass. */
    void clear() {
        for (var form = datagrams.poll(); form != null; form = datagrams.poll()) {
            form.release();
        }
        for (var form = frames.poll(); form != null; form = frames.poll()) {
            form.bytes().release();
        }
    }
}
