/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.server.rtsp.stream.GopBudget;
import io.levada.server.rtsp.stream.Join;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.MountSettings;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What streams keep for new readers is bounded for all of them together. */
class RtspMemoryTest {

    private static final int BUDGET = 1 << 20;
    private static final int FRAME = 100_000;
    private static final int STREAMS = 6;

    private static byte[] frame(boolean keyframe) {
        var frame = new byte[FRAME];
        frame[0] = (byte) (keyframe ? 0 : 1);
        return frame;
    }

    private static Packets packets() {
        return Packets.of(TimeBase.RTP_VIDEO, 3600);
    }

    @Test
    void streamsWithoutReadersKeepNoMoreThanTheBudgetTogether() throws Exception {
        var stages = new ArrayList<StageHarness>();
        try (var server =
                new TestServer(TestServer.settings("127.0.0.1", 0, 0, 2, TestServer.SOCKETS, 10, 60, 1000, BUDGET))) {
            for (int i = 0; i < STREAMS; i++) {
                var stage = StageHarness.with(new RtspServerStage(server.server()))
                        .named("gate", "live" + i)
                        .parameters(Map.of("path", "/live" + i))
                        .open();
                stages.add(stage);
                stage.feed(Packets.video("vp8", 64, 48));
                stage.feed(packets().keyframe(frame(true)));
            }
            var listener = server.server().listener().orElseThrow();
            for (int i = 1; i < 40; i++) { // 4 MB each
                for (var stage : stages) {
                    stage.feed(packets().at(3600L * i).delta(frame(false)));
                }
                assertTrue(listener.budget().held() <= BUDGET);
            }
            TestServer.await("all gave their GOP up", Duration.ofSeconds(5), () -> stages.stream()
                    .allMatch(stage -> stage.gauge("dropped-gops") == 1));
            assertEquals(0, listener.budget().held());
            for (var stage : stages) {
                assertEquals(0, stage.warnings().size());
            }
            stages.get(0).feed(packets().at(3600 * 40).keyframe(frame(true)));
            try (var reader = server.connect("/live0")) {
                reader.playTcp();
                reader.frame(0);
            }
        } finally {
            stages.forEach(StageHarness::close);
        }
    }

    @Test
    void aStreamThatEndsGivesItsPartBack() throws Exception {
        try (var server =
                new TestServer(TestServer.settings("127.0.0.1", 0, 0, 2, TestServer.SOCKETS, 10, 60, 1000, BUDGET))) {
            var stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/live"));
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().keyframe(frame(true)));
            var budget = server.server().listener().orElseThrow().budget();
            TestServer.await("a GOP", Duration.ofSeconds(2), () -> budget.held() >= FRAME);
            stage.close();
            TestServer.await("nothing", Duration.ofSeconds(2), () -> budget.held() == 0);
        }
    }

    private static void give(Mount mount, Packet packet) throws StageException {
        try {
            mount.packet(0, packet);
        } finally {
            packet.release();
        }
    }

    /** A node whose direct memory is used up by somebody else for a while. */
    private static final class Exhausted extends PooledByteBufAllocator {

        private boolean exhausted;

        Exhausted() {
            super(true);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (exhausted) {
                throw new OutOfMemoryError("Cannot reserve " + initialCapacity + " bytes of direct buffer memory");
            }
            return super.newDirectBuffer(initialCapacity, maxCapacity);
        }
    }

    @Test
    void anAccessUnitWithoutMemoryIsLostAndTheStreamGoesOn() throws Exception {
        var settings = new MountSettings(
                Join.GOP, 16 << 20, 15_000_000_000L, 1 << 20, 3_000_000_000L, 10_000_000_000L, Optional.empty());
        var loop = new DefaultEventLoop();
        var allocator = new Exhausted();
        var budget = new GopBudget(BUDGET);
        try {
            var mount = new Mount("/live", "gate/live", loop, allocator, budget, settings, () -> {});
            mount.format(0, 0, Packets.video("vp8", 64, 48));
            give(mount, packets().keyframe(frame(true)));
            TestServer.await("a GOP", Duration.ofSeconds(2), () -> budget.held() > 0);
            allocator.exhausted = true;
            var error = assertThrows(
                    StageException.class, () -> give(mount, packets().at(3600).delta(frame(false))));
            assertTrue(error.getMessage().startsWith("no memory for an access unit of 100000 bytes"));
            assertEquals(1, mount.counters().droppedMemory.sum());
            TestServer.await("room", Duration.ofSeconds(2), () -> budget.held() == 0);
            allocator.exhausted = false;
            give(mount, packets().at(7200).keyframe(frame(true)));
            TestServer.await("a GOP again", Duration.ofSeconds(2), () -> budget.held() > 0);
            mount.close("the test is over");
            TestServer.await("nothing", Duration.ofSeconds(2), () -> budget.held() == 0);
            assertEquals(0, allocator.pinnedDirectMemory());
        } finally {
            loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
