/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

/**
 * A pair of UDP ports, for RTP and RTCP, that all readers of one event loop are sent from; thousands of readers cost no more
 * descriptors than one. Writing is for that loop.
 */
public final class UdpPorts {

    /** Handed to the kernel at once: enough to make the system call cheap. */
    private static final int SENDS = 64;

    /** The first of a run are handed over sooner, so as not to wait for the others. */
    private static final int FIRST_SENDS = 4;

    private final Segmentation segmentation;
    private final int rtpPort;
    private final int rtcpPort;
    private volatile Channel rtp;
    private volatile Channel rtcp;
    private int waiting;
    private int most = FIRST_SENDS;

    public UdpPorts(Channel rtp, Channel rtcp, Segmentation segmentation) {
        this.rtp = rtp;
        this.rtcp = rtcp;
        this.segmentation = segmentation;
        this.rtpPort = port(rtp);
        this.rtcpPort = port(rtcp);
    }

    private static int port(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** From now on packets are sent from these, which have the same numbers; any thread. What waited in closed ones is lost, as datagrams may be. */
    public void replace(Channel newRtp, Channel newRtcp) {
        rtp = newRtp;
        rtcp = newRtcp;
    }

    public EventLoop loop() {
        return rtp.eventLoop();
    }

    public int rtpPort() {
        return rtpPort;
    }

    public int rtcpPort() {
        return rtcpPort;
    }

    boolean segmented() {
        return segmentation.on();
    }

    boolean writable() {
        return rtp.isWritable();
    }

    /** @param refused for sends of several packets */
    void write(Datagrams datagrams, int send, InetSocketAddress destination, Refused refused) {
        var bytes = datagrams.bytes(send);
        if (datagrams.packets(send) == 1) {
            rtp.write(new DatagramPacket(bytes, destination), rtp.voidPromise());
        } else {
            rtp.write(new SegmentedDatagramPacket(bytes, datagrams.segment(send), destination), refused.of(rtp));
        }
        if (++waiting >= most) {
            waiting = 0;
            most = Math.min(SENDS, 2 * most);
            rtp.flush();
        }
    }

    public void writeRtcp(DatagramPacket packet) {
        rtcp.writeAndFlush(packet, rtcp.voidPromise());
    }

    /** One system call for what many readers are sent, where the transport can; the end of a run. */
    void flush() {
        most = FIRST_SENDS;
        if (waiting > 0) {
            waiting = 0;
            rtp.flush();
        }
    }

    /** Closes both; the ports are free when this returns. Not for an event loop. */
    public void close() {
        rtp.close().awaitUninterruptibly();
        rtcp.close().awaitUninterruptibly();
    }

    /** Told when the kernel can't cut a reader's packets apart. For the ports' loop. */
    final class Refused {

        private final Runnable reader;
        private Promise promise = new Promise(rtp);

        Refused(Runnable reader) {
            this.reader = reader;
        }

        private Promise of(Channel channel) {
            if (promise.channel() != channel) { // the ports have moved
                promise = new Promise(channel);
            }
            return promise;
        }

        /** It never gets done, so that all of a reader's sends share it. */
        private final class Promise extends DefaultChannelPromise {

            Promise(Channel channel) {
                super(channel);
            }

            @Override
            public boolean trySuccess(Void result) {
                return true;
            }

            @Override
            public boolean tryFailure(Throwable cause) {
                if (segmentation.refused(cause)) {
                    reader.run();
                }
                channel().pipeline().fireExceptionCaught(cause);
                return true;
            }
        }
    }
}
