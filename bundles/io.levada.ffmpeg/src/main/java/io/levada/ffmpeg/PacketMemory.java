/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_is_writable;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.Pointer;
import org.jctools.queues.MpmcArrayQueue;

/** One native reference of a packet's data; made by {@link Packets#adopt}. The AVPacket structs are recycled. */
public final class PacketMemory extends Memory {

    private static final int KEPT = 4096;
    private static final byte POISON = (byte) 0xDB;

    /** Shells with a blank AVPacket. */
    private static final MpmcArrayQueue<PacketMemory> FREE = new MpmcArrayQueue<>(KEPT);

    private final AVPacket packet;
    private int size;
    private volatile ByteBuffer view;

    private PacketMemory(AVPacket packet) {
        super(0);
        this.packet = packet;
    }

    /** Moves the reference out of the packet, which is blank afterwards. */
    static PacketMemory of(AVPacket filled) {
        var memory = FREE.relaxedPoll();
        if (memory == null) {
            memory = new PacketMemory(Objects.requireNonNull(av_packet_alloc(), "out of memory"));
        }
        av_packet_move_ref(memory.packet, filled);
        memory.size = memory.packet.size();
        memory.revive();
        return memory;
    }

    /** Frees the idle structs, at the bundle's stop. */
    static void trim() {
        for (var memory = FREE.poll(); memory != null; memory = FREE.poll()) {
            av_packet_free(memory.packet);
        }
    }

    /** The native packet, for {@code av_packet_ref} and for looking at its side data; shared, so nobody changes it. */
    public AVPacket packet() {
        return packet;
    }

    @Override
    public Kind kind() {
        return Kind.HOST;
    }

    @Override
    public int planes() {
        return 1;
    }

    @Override
    public long size(int plane) {
        return size;
    }

    @Override
    public long bytes() {
        return size;
    }

    @Override
    public long address(int plane) {
        var data = packet.data();
        return data == null ? 0 : data.address();
    }

    @Override
    public ByteBuffer plane(int plane) {
        Objects.checkIndex(plane, 1);
        var buffer = view;
        if (buffer == null) {
            var data = packet.data();
            buffer = (data == null
                            ? ByteBuffer.allocate(0)
                            : data.capacity(size).asByteBuffer())
                    .asReadOnlyBuffer()
                    .order(ByteOrder.nativeOrder());
            view = buffer;
        }
        return buffer;
    }

    @Override
    protected void deallocate() {
        view = null;
        if (LeakDetector.level() == LeakDetector.Level.ALL) {
            poison();
        }
        av_packet_unref(packet);
        if (!FREE.relaxedOffer(this)) {
            av_packet_free(packet);
        }
    }

    /** In tests: who reads it after its last release sees garbage instead of luck. */
    private void poison() {
        var buffer = packet.buf();
        if (buffer != null && size > 0 && av_buffer_is_writable(buffer) == 1) {
            Pointer.memset(packet.data(), POISON, size);
        }
    }
}
