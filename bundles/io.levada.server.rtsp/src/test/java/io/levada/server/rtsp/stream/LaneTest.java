/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneTest {

    private static final MountSettings SETTINGS = new MountSettings(
            Join.GOP, 1 << 20, 15_000_000_000L, 1 << 20, 3_000_000_000L, 10_000_000_000L, Optional.empty());

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final GopBudget budget = new GopBudget(1 << 20);
    private final Mount mount = new Mount("/live", "gate/live", loop, allocator, budget, SETTINGS, () -> {});

    @BeforeEach
    void describe() throws Exception {
        mount.format(0, 0, Packets.video("vp8", 64, 48));
        mount.complete();
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Counts what it is sent; breaks at the batch that it is told. */
    private final class Counting extends Reader {

        private final int breaksAt;
        private int sent;
        private final CompletableFuture<String> ended;

        Counting(int breaksAt, CompletableFuture<String> ended) {
            super(loop, mount, mount.description().tracks().orElseThrow(), -1, new Reader.Owner() {
                @Override
                public void playing(Collection<RtpBatch> first) {}

                @Override
                public void ended(String reason) {
                    ended.complete(reason);
                }
            });
            this.breaksAt = breaksAt;
            this.ended = ended;
        }

        @Override
        boolean writable() {
            return true;
        }

        @Override
        boolean ready(RtpBatch next) {
            return true;
        }

        @Override
        boolean send(RtpBatch batch) {
            if (sent == breaksAt) {
                throw new IllegalStateException("broken");
            }
            sent++;
            return true;
        }

        @Override
        void sendReport(RtpBatch report) {}

        @Override
        void flush() {}
    }

    private void give(boolean keyframe, int index) throws Exception {
        var packets = Packets.of(TimeBase.RTP_VIDEO, 3600).at(3600L * index);
        var bytes = new byte[500];
        bytes[0] = (byte) (keyframe ? 0 : 1);
        Packet packet = keyframe ? packets.keyframe(bytes) : packets.delta(bytes);
        try {
            mount.packet(0, packet);
        } finally {
            packet.release();
        }
        loop.submit(() -> {}).sync(); // after the batch
    }

    @Test
    void aFaultOfOneReaderEndsItAndTheOthersGoOn() throws Exception {
        give(true, 0);
        var broken = new Counting(2, new CompletableFuture<>());
        var other = new Counting(Integer.MAX_VALUE, new CompletableFuture<>());
        mount.join(broken);
        mount.join(other);
        for (int i = 1; i < 10; i++) {
            give(false, i);
        }
        assertEquals("of an error in the server", broken.ended.get(2, TimeUnit.SECONDS));
        assertEquals(10, other.sent);
        assertEquals(1, mount.counters().readers.get());
        loop.submit(other::close).sync();
        assertEquals(0, mount.counters().readers.get());
        mount.close("the test is over");
        loop.submit(() -> {}).sync();
        assertTrue(!other.ended.isDone());
        assertEquals(0, allocator.pinnedDirectMemory());
    }

    @Test
    void aFaultAtTheStartEndsThatReader() throws Exception {
        give(true, 0);
        var broken = new Counting(0, new CompletableFuture<>());
        mount.join(broken);
        assertEquals("of an error in the server", broken.ended.get(2, TimeUnit.SECONDS));
        assertEquals(0, mount.counters().readers.get());
        mount.close("the test is over");
        loop.submit(() -> {}).sync();
        assertEquals(0, allocator.pinnedDirectMemory());
    }
}
