/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With Linux's own sockets. */
class UdpPortsTest {

    private static final int SIZE = 1400;

    private final RtpBatch batch = batch();
    private final Segmentation segmentation = new Segmentation(true);
    private MultiThreadIoEventLoopGroup group;
    private UdpPorts ports;

    @BeforeEach
    void open() {
        assumeTrue(EpollDatagramChannel.isSegmentedDatagramPacketSupported());
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ports = new UdpPorts(bind(), bind(), segmentation);
    }

    @AfterEach
    void close() {
        batch.release();
        if (group != null) {
            ports.close();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
            assertEquals(0, batch.frames().refCnt());
        }
    }

    @Test
    void whatTheKernelCutsApartComesAsPackets() throws IOException {
        try (var receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver.setSoTimeout(10_000);
            send(receiver.getLocalPort());

            for (int size : new int[] {SIZE, SIZE, 10}) {
                var packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
                receiver.receive(packet);
                assertEquals(size, packet.getLength());
            }
        }
    }

    @Test
    void whatOneReadersWayRefusesIsThatReadersMatter() throws Exception {
        var refused = send(0); // no port: EINVAL, as with a path whose MTU is too small

        refused.get(10, TimeUnit.SECONDS);
        assertTrue(segmentation.on());
    }

    private CompletableFuture<Void> send(int port) {
        var told = new CompletableFuture<Void>();
        ports.loop().execute(() -> {
            var refused = ports.new Refused(() -> told.complete(null));
            var datagrams = Datagrams.segmented(batch, PooledByteBufAllocator.DEFAULT);
            ports.write(datagrams, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), refused);
            ports.flush();
            datagrams.release();
        });
        return told;
    }

    private Channel bind() {
        return new Bootstrap()
                .group(group)
                .channel(EpollDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        // as the server does: counted
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static RtpBatch batch() {
        ByteBuf frames = PooledByteBufAllocator.DEFAULT.directBuffer();
        for (int size : new int[] {SIZE, SIZE, 10}) {
            frames.writeByte('$').writeByte(0).writeShort(size).writeZero(size);
        }
        return new RtpBatch(0, 0, false, true, false, 0, 3, 0, 0, frames);
    }
}
