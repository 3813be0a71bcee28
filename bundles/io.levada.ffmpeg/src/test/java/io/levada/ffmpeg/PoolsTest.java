/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.levada.api.media.LeakDetector;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Packets and frames are made on one thread and given back on another. */
class PoolsTest {

    @Test
    void shellsTravelBetweenThreads() throws Exception {
        LeakDetector.level(LeakDetector.Level.OFF);
        var queue = new ArrayBlockingQueue<PacketMemory>(64);
        var threads = Executors.newFixedThreadPool(4);
        int count = 20_000;
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int maker = 0; maker < 2; maker++) {
            tasks.add(() -> {
                var packet = av_packet_alloc();
                for (int i = 0; i < count; i++) {
                    av_new_packet(packet, 16);
                    packet.data().putLong(i);
                    queue.put(Packets.adopt(packet));
                }
                av_packet_free(packet);
                return 0L;
            });
            tasks.add(() -> {
                long sum = 0;
                for (int i = 0; i < count; i++) {
                    var memory = queue.take();
                    sum += memory.plane(0).getLong(0);
                    memory.release();
                }
                return sum;
            });
        }
        try {
            long sum = 0;
            for (var result : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                sum += result.get();
            }
            assertEquals((long) count * (count - 1), sum, "every packet arrived with its own data");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void adoptingAndReleasingAllocatesNextToNothing() {
        LeakDetector.level(LeakDetector.Level.OFF);
        var packet = av_packet_alloc();
        var frame = av_frame_alloc();
        cycle(packet, frame, 20_000);
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        int rounds = 20_000;
        cycle(packet, frame, rounds);
        long bytes = (bean.getCurrentThreadAllocatedBytes() - before) / rounds;
        assertTrue(bytes < 64, bytes + " bytes for a packet and a frame");
        av_packet_free(packet);
        av_frame_free(frame);
    }

    private static void cycle(
            org.bytedeco.ffmpeg.avcodec.AVPacket packet, org.bytedeco.ffmpeg.avutil.AVFrame frame, int rounds) {
        for (int i = 0; i < rounds; i++) {
            av_new_packet(packet, 100);
            Packets.adopt(packet).release();
            frame.format(AV_PIX_FMT_YUV420P).width(64).height(48);
            av_frame_get_buffer(frame, 0);
            Frames.adopt(frame).release();
        }
    }
}
