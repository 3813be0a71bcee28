/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.publish.OnSecond;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.Publications;
import io.levada.server.rtsp.stream.GopBudget;
import io.levada.server.rtsp.stream.Join;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.MountSettings;
import io.levada.server.rtsp.stream.Mounts;
import io.levada.server.rtsp.stream.Segmentation;
import io.levada.server.rtsp.stream.UdpPorts;
import io.levada.testkit.Packets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The server without sockets and threads, for fuzzing: what clients send goes straight into their pipelines, all is done by the
 * time that a call returns, and every buffer is accounted for. It serves {@code /live} with a video and a sound track,
 * and takes what is published there, which nobody looks at.
 */
final class Wire implements AutoCloseable {

    private static final PooledByteBufAllocator ALLOCATOR =
            new PooledByteBufAllocator(true, 0, 1, 8192, 3, 0, 0, false);
    private static final MountSettings SETTINGS = new MountSettings(
            Join.GOP, 1 << 20, 15_000_000_000L, 1 << 16, 3_000_000_000L, 10_000_000_000L, Optional.empty());
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 8554);
    private static final Pattern FAILED = Pattern.compile("RTSP/1\\.0 5(?!0[135]|51)\\d\\d.*");
    private static final Pattern SESSION = Pattern.compile("Session: (\\w+)");
    private static final int SETTLE = 8;

    /** From one address. */
    static final int MOST_PUBLISHING = 5;

    /** Making one takes milliseconds; being used leaves traces. */
    private static final int USES = 200;

    private static Live live = new Live();

    private final Socket rtp = new Socket(40_002);
    private final Socket rtcp = new Socket(40_004);
    private final List<Socket> clients = new ArrayList<>();
    private final Gate gate = new Gate(AccessSettings.DEFAULT);
    private final Sessions sessions = new Sessions(
            loop -> new UdpPorts(rtp, rtcp, new Segmentation(false)),
            Optional.of(MulticastSettings.parse("239.255.42.0/31", 5000, 1, "")),
            60,
            MOST_PUBLISHING);
    private final Publications publications = new Publications();
    private final Publication publication = new Publication(
            "/live",
            "fuzz/in",
            new Publication.Settings(Permission.parse("anyone"), OnSecond.REPLACE, 10_000_000_000L));
    private final Requests requests;

    Wire() {
        if (live.uses++ == USES) {
            live.mount.close("it was used enough");
            run(live.home);
            live = new Live();
        }
        try {
            publications.add(publication);
        } catch (StageException e) {
            throw new IllegalStateException(e);
        }
        requests = new Requests(live.mounts, publications, sessions, gate, 1000);
        picture(true);
    }

    /** The stream and the loop that it is at home on. */
    private static final class Live {

        private final Socket home = new Socket(40_000);
        private final Mounts mounts = new Mounts();
        private final Mount mount = new Mount(
                "/live", "fuzz/live", home.eventLoop(), ALLOCATOR, new GopBudget(1 << 20), SETTINGS, () -> {});
        private final Packets packets = Packets.of(TimeBase.RTP_VIDEO, 3600);
        private int uses;

        Live() {
            try {
                mount.format(0, 0, Packets.video("vp8", 64, 48));
                mount.format(1, 1, Packets.audio("opus", 48_000, 2));
                mount.complete();
                mounts.add(mount);
            } catch (StageException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A client's end of a connection. */
    static final class Socket extends EmbeddedChannel {

        private final String host;
        private final int port;
        private final StringBuilder answers = new StringBuilder();

        Socket(int port) {
            this("127.0.0.1", port);
        }

        Socket(String host, int port) {
            this.host = host;
            this.port = port;
            config().setAllocator(ALLOCATOR);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(host, port);
        }

        @Override
        protected SocketAddress localAddress0() {
            return port < 50_000 ? new InetSocketAddress("127.0.0.1", port) : SERVER;
        }

        private void collect() {
            for (Object message = readOutbound(); message != null; message = readOutbound()) {
                if (message instanceof ByteBuf bytes) {
                    answers.append(bytes.toString(StandardCharsets.ISO_8859_1));
                }
                ReferenceCountUtil.release(message);
            }
        }

        /** What the server sent so far, packets and all. */
        String answers() {
            return answers.toString();
        }
    }

    /** A new connection. */
    Socket connect() {
        return connect("127.0.0.1");
    }

    /** A new connection of somebody who is there. */
    Socket connect(String host) {
        var client = new Socket(host, 50_000 + clients.size());
        RtspConnection.on(client, requests);
        clients.add(client);
        return client;
    }

    /** Sends bytes and lets everything that follows from them happen. */
    void send(Socket client, byte[] bytes, int from, int to) {
        if (client.isActive()) {
            client.writeInbound(ALLOCATOR.directBuffer(to - from).writeBytes(bytes, from, to - from));
            client.checkException();
        }
        settle();
    }

    /** Sends bytes in pieces of that size. */
    void send(Socket client, byte[] bytes, int from, int to, int piece) {
        for (int at = from; at < to; at += piece) {
            send(client, bytes, at, Math.min(to, at + piece));
        }
    }

    /** A datagram comes from a port of somebody's who is there. */
    void datagram(String host, int port, byte[] bytes) {
        var datagram = ALLOCATOR.directBuffer(bytes.length).writeBytes(bytes);
        try {
            sessions.received(new InetSocketAddress(host, port), datagram);
        } finally {
            datagram.release();
        }
        settle();
    }

    /** How many there were so far. */
    int connections() {
        return clients.size();
    }

    /** What is published to. */
    Publication publication() {
        return publication;
    }

    Sessions sessions() {
        return sessions;
    }

    void picture(boolean keyframe) {
        var packet = keyframe ? live.packets.keyframe(new byte[300]) : live.packets.delta(new byte[3000]);
        try {
            live.mount.packet(0, packet);
        } catch (StageException e) {
            throw new IllegalStateException(e);
        } finally {
            packet.release();
        }
        settle();
    }

    void pass(long seconds) {
        live.home.advanceTimeBy(seconds, TimeUnit.SECONDS);
        clients.forEach(client -> client.advanceTimeBy(seconds, TimeUnit.SECONDS));
        settle();
    }

    private void settle() {
        for (int i = 0; i < SETTLE; i++) {
            run(live.home);
            run(rtp);
            run(rtcp);
            clients.forEach(Wire::run);
        }
    }

    private static void run(Socket socket) {
        socket.runPendingTasks();
        socket.runScheduledPendingTasks();
        socket.collect();
    }

    /** Throws what is wrong: a fault of the server's own, or a connection that it closed without a word. */
    void check(boolean tunnel) {
        for (var client : clients) {
            for (var line : client.answers().split("\r\n")) {
                if (FAILED.matcher(line).matches()) {
                    throw new AssertionError(line);
                }
            }
            if (!tunnel && !client.isOpen() && !client.answers().contains("onnection: close")) {
                throw new AssertionError("closed without a word after: " + client.answers());
            }
        }
    }

    /** Everybody leaves; throws if a buffer is left. */
    @Override
    public void close() {
        for (var client : clients) {
            client.finishAndReleaseAll();
        }
        settle();
        for (var client : clients) {
            SESSION.matcher(client.answers()).results().forEach(id -> sessions.find(id.group(1))
                    .ifPresent(Session::close));
        }
        publications.remove(publication, "was used enough");
        settle();
        live.mount.flush();
        settle();
        rtp.finishAndReleaseAll();
        rtcp.finishAndReleaseAll();
        gate.close();
        if (ALLOCATOR.pinnedDirectMemory() != 0) {
            throw new AssertionError(ALLOCATOR.pinnedDirectMemory() + " bytes that nobody gave back");
        }
    }
}
