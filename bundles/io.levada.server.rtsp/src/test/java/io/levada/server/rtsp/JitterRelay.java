/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bad network between a player and the node's RTSP server: requests pass as they are but for the ports in them, and each RTP
 * packet takes up to so long, later ones perhaps less than those before.
 */
final class JitterRelay implements AutoCloseable {

    private static final Pattern PORTS = Pattern.compile("client_port=(\\d+)-(\\d+)");
    private static final Pattern SERVER_PORTS = Pattern.compile(";server_port=(\\d+)-(\\d+)");
    private static final int LARGEST = 65_536;

    private final int server;
    private final long mostMicros;
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    private final List<AutoCloseable> open = new ArrayList<>();

    /**
     * @param server its port
     * @param mostMillis how long a packet may take
     */
    public JitterRelay(int server, int mostMillis) throws IOException {
        this.server = server;
        this.mostMicros = 1000L * mostMillis;
        start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    private static void start(Transfer transfer) {
        var thread = new Thread(
                () -> {
                    try {
                        transfer.run();
                    } catch (IOException e) {
                        // one end has closed
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException;
    }

    private synchronized <T extends AutoCloseable> T keep(T opened) {
        open.add(opened);
        return opened;
    }

    private void accept() throws IOException {
        while (true) {
            var player = keep(listening.accept());
            var node = keep(new Socket(InetAddress.getLoopbackAddress(), server));
            var ports = new ArrayList<String>();
            start(() -> messages(
                    player, node, text -> PORTS.matcher(text).replaceAll(match -> relayed(match.group(), ports))));
            start(() -> messages(node, player, text -> back(text, ports)));
        }
    }

    private interface Edit {
        String of(String message) throws IOException;
    }

    /** What is no packet between messages: over UDP all of it is text. */
    private static void messages(Socket from, Socket to, Edit edit) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        var buffer = new byte[LARGEST];
        try (from;
                to) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                var text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                out.write(edit.of(text).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** Opens two ports that packets to these are sent to. */
    private String relayed(String players, List<String> ports) {
        try {
            var matcher = matched(PORTS, players);
            var rtp = socket(0);
            var rtcp = beside(rtp);
            while (rtcp.isEmpty()) {
                rtp = socket(0);
                rtcp = beside(rtp);
            }
            pass(rtp, Integer.parseInt(matcher.group(1)), mostMicros);
            pass(rtcp.get(), Integer.parseInt(matcher.group(2)), 0);
            var ours = "client_port=" + rtp.getLocalPort() + "-" + rtcp.get().getLocalPort();
            ports.add(players);
            ports.add(ours);
            return ours;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DatagramSocket socket(int port) throws IOException {
        return keep(new DatagramSocket(port, InetAddress.getLoopbackAddress()));
    }

    /** For RTCP, that players send to the port after that for RTP; empty if that is taken. */
    private Optional<DatagramSocket> beside(DatagramSocket rtp) throws IOException {
        try {
            return Optional.of(socket(rtp.getLocalPort() + 1));
        } catch (BindException e) {
            return Optional.empty();
        }
    }

    private static Matcher matched(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError(text);
        }
        return matcher;
    }

    /** The player sees its own ports, and ours in place of the server's, for its reports have to take the same way. */
    private static String back(String text, List<String> ports) {
        var changed = text;
        for (int i = 0; i < ports.size(); i += 2) {
            if (changed.contains(ports.get(i + 1))) {
                var ours = matched(PORTS, ports.get(i + 1));
                changed = SERVER_PORTS
                        .matcher(changed.replace(ports.get(i + 1), ports.get(i)))
                        .replaceAll(";server_port=" + ours.group(1) + "-" + ours.group(2));
            }
        }
        return changed;
    }

    /** Datagrams of the player's go to whom the last one that was not the player's came from. */
    private void pass(DatagramSocket socket, int player, long most) {
        var players = new InetSocketAddress(InetAddress.getLoopbackAddress(), player);
        start(() -> {
            InetSocketAddress servers = null;
            var datagram = new DatagramPacket(new byte[LARGEST], LARGEST);
            while (true) {
                socket.receive(datagram);
                var from = (InetSocketAddress) datagram.getSocketAddress();
                var bytes = Arrays.copyOf(datagram.getData(), datagram.getLength());
                boolean forth = !from.equals(players);
                if (forth) {
                    servers = from;
                }
                if (forth || servers != null) {
                    later(socket, new DatagramPacket(bytes, bytes.length, forth ? players : servers), forth ? most : 0);
                }
            }
        });
    }

    private void later(DatagramSocket socket, DatagramPacket packet, long most) {
        long micros = most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most);
        try {
            clock.schedule(() -> send(socket, packet), micros, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            // it is closed
        }
    }

    private static void send(DatagramSocket socket, DatagramPacket packet) {
        try {
            socket.send(packet);
        } catch (IOException e) {
            // as datagrams may be, it is lost
        }
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        try {
            listening.close();
            for (var each : open) {
                each.close();
            }
        } catch (Exception e) {
            throw new AssertionError("a socket can't be closed", e);
        }
    }
}
