/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/**
 * A pair of UDP ports, for RTP and RTCP, that all readers of one event loop are sent from; thousands of readers cost no more
 * descriptors than one. Writing is for that loop.
 */
public final class UdpPorts {

    private volatile Channel rtp;
    private volatile Channel rtcp;
    private boolean written;

    public UdpPorts(Channel rtp, Channel rtcp) {
        this.rtp = rtp;
        this.rtcp = rtcp;
    }

    /** From now on packets are sent from these; any thread. What waited in closed ones is lost, as datagrams may be. */
    public void replace(Channel newRtp, Channel newRtcp) {
        rtp = newRtp;
        rtcp = newRtcp;
    }

    public EventLoop loop() {
        return rtp.eventLoop();
    }

    public int rtpPort() {
        return ((InetSocketAddress) rtp.localAddress()).getPort();
    }

    public int rtcpPort() {
        return ((InetSocketAddress) rtcp.localAddress()).getPort();
    }

    boolean writable() {
        return rtp.isWritable();
    }

    void writeRtp(DatagramPacket packet) {
        written = true;
        rtp.write(packet, rtp.voidPromise());
    }

    public void writeRtcp(DatagramPacket packet) {
        rtcp.writeAndFlush(packet, rtcp.voidPromise());
    }

    /** One system call for what many readers are sent, where the transport can. */
    void flush() {
        if (written) {
            written = false;
            rtp.flush();
        }
    }

    /** Closes both; the ports are free when this returns. Not for an event loop. */
    public void close() {
        rtp.close().awaitUninterruptibly();
        rtcp.close().awaitUninterruptibly();
    }
}
