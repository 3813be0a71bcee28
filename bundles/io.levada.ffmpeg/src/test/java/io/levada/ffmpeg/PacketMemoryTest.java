/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_get;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_init;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_uninit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.Alloc_long;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketMemoryTest {

    private static final Stamp STAMP = Stamp.of("test/source:video", 0, 0, 0, 0, 0);

    private final AVPacket filled = av_packet_alloc();

    @BeforeEach
    void trackMemory() {
        LeakDetector.level(LeakDetector.Level.ALL);
        LeakDetector.reset();
    }

    @AfterEach
    void nothingIsHeld() {
        av_packet_free(filled);
        assertEquals(List.of(), LeakDetector.live());
    }

    private AVPacket fill(int size) {
        assertEquals(0, av_new_packet(filled, size));
        for (int i = 0; i < size; i++) {
            filled.data().put(i, (byte) i);
        }
        filled.pts(7).dts(5).duration(2).flags(AV_PKT_FLAG_KEY | AV_PKT_FLAG_DISPOSABLE);
        return filled;
    }

    @Test
    void theReferenceMovesWithoutACopy() {
        long address = fill(100).data().address();
        var memory = Packets.adopt(filled);
        assertEquals(address, memory.address(0));
        assertNull(filled.buf(), "what it came in is blank");
        assertEquals(100, memory.size(0));
        assertEquals(42, memory.plane(0).get(42));
        assertTrue(memory.plane(0).isReadOnly());
        assertEquals(100, memory.plane(0).limit());
        memory.release();
    }

    @Test
    void aPacketOfNoBytesHasAnEmptyPlane() {
        var memory = Packets.adopt(filled);
        assertEquals(0, memory.plane(0).remaining());
        assertEquals(0, memory.address(0));
        memory.release();
    }

    @Test
    void theHeaderHasTheTimesAndFlags() {
        var packet = Packets.sample(fill(10), STAMP);
        assertEquals(List.of(7L, 5L, 2L), List.of(packet.pts(), packet.dts(), packet.duration()));
        assertTrue(packet.keyframe() && packet.disposable());
        packet.release();
    }

    @Test
    void aReferenceSharesTheDataAndTakesTheHeadersWord() {
        var original = Packets.sample(fill(10), STAMP);
        var packet = original.toBuilder()
                .pts(100)
                .dts(90)
                .keyframe(false)
                .corrupt(true)
                .build();
        var into = av_packet_alloc();
        Packets.reference(packet, into);
        assertEquals(packet.memory().address(0), into.data().address());
        assertEquals(100, into.pts());
        assertEquals(90, into.dts());
        assertEquals(AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISPOSABLE, into.flags());
        packet.release();
        assertEquals(3, into.data().get(3), "it outlives the sample");
        av_packet_free(into);
    }

    @Test
    void javasMemoryIsCopiedWithThePaddingThatDecodersRead() {
        var memory = HostMemory.allocate(10);
        memory.writable(0).put(9, (byte) 99);
        var packet = Packet.over(memory).stamp(STAMP).pts(1).build();
        var into = av_packet_alloc();
        Packets.reference(packet, into);
        packet.release();
        assertEquals(10, into.size());
        assertEquals(99, into.data().get(9));
        for (int i = 0; i < AV_INPUT_BUFFER_PADDING_SIZE; i++) {
            assertEquals(
                    0, into.data().capacity(10 + AV_INPUT_BUFFER_PADDING_SIZE).get(10 + i));
        }
        av_packet_free(into);
    }

    @Test
    void structsAreRecycled() {
        var first = Packets.adopt(fill(10));
        long struct = first.packet().address();
        first.release();
        boolean again = false;
        for (int i = 0; i < 5000 && !again; i++) { // the pool gives the longest idle one first
            var next = Packets.adopt(fill(10));
            again = next == first;
            assertEquals(again, next.packet().address() == struct);
            next.release();
        }
        assertTrue(again);
    }

    @Test
    void inTestsReleasedDataIsPoisonedUnlessLibavStillNeedsIt() {
        var pool = av_buffer_pool_init(64, (Alloc_long) null); // what is given back stays mapped
        var buffer = av_buffer_pool_get(pool);
        filled.buf(buffer).data(buffer.data()).size(64);
        filled.data().put(42, (byte) 42);
        var libavs = av_packet_alloc();
        av_packet_ref(libavs, filled);
        var first = Packets.adopt(filled);
        var bytes = first.plane(0);
        first.release();
        assertEquals(42, bytes.get(42));
        Packets.adopt(libavs).release();
        assertEquals((byte) 0xDB, bytes.get(42));
        av_packet_free(libavs);
        av_buffer_pool_uninit(pool);
    }

    @Test
    void usingItAfterTheLastReleaseIsAnError() {
        var memory = Packets.adopt(fill(10));
        memory.release();
        assertThrows(IllegalStateException.class, memory::retain);
        assertThrows(IllegalStateException.class, memory::release);
    }
}
