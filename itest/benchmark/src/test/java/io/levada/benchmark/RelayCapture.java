/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What went over loopback, and when by the kernel's clock, recorded by tcpdump: when a publisher's access unit was whole at the
 * node's socket, and when the node sent the first packet of it. What the benchmark's threads wait for a processor is not in it.
 */
final class RelayCapture implements AutoCloseable {

    private static final int BEGINNING = 128;
    private static final int FILE_HEADER = 24;
    private static final int ETHERNET = 14;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;
    private static final int INTERLEAVED = 4;
    private static final int RTP_HEADER = 12;
    private static final int DYNAMIC_TYPE = 96;
    private static final int MARKER = 0x80;
    private static final long LONGEST_NANOS = 1_000_000_000L;

    private final Process tcpdump;
    private final Path file;

    /** Moments by RTP timestamps: the last packet of a unit in, the first one out. */
    private final Map<Integer, Long> in = new TreeMap<>();

    private final Map<Integer, Long> out = new TreeMap<>();

    private RelayCapture(Process tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /** Empty where there is no tcpdump or it may not record. */
    static Optional<RelayCapture> start(Path file, int rtspPort) throws IOException, InterruptedException {
        var log = file.resolveSibling(file.getFileName() + ".log").toFile();
        var command = new ProcessBuilder(
                "tcpdump",
                "-i",
                "lo",
                "-n",
                "-U",
                "-s",
                "" + BEGINNING,
                "-B",
                "32768",
                "--time-stamp-precision=nano",
                "-w",
                file.toString(),
                "udp or tcp dst port " + rtspPort);
        try {
            var tcpdump = command.redirectErrorStream(true).redirectOutput(log).start();
            if (!tcpdump.waitFor(1, TimeUnit.SECONDS)) {
                return Optional.of(new RelayCapture(tcpdump, file));
            }
            System.out.println(
                    "nothing is recorded: " + Files.readString(log.toPath()).strip());
        } catch (IOException e) {
            System.out.println("nothing is recorded: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Ends the recording: how long units stayed in the node, milliseconds, sorted. */
    double[] stop() throws IOException, InterruptedException {
        tcpdump.destroy();
        tcpdump.waitFor();
        read(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        int shift = shift();
        return in.entrySet().stream()
                .filter(unit -> out.containsKey(unit.getKey() + shift))
                .mapToDouble(unit -> (out.get(unit.getKey() + shift) - unit.getValue()) / 1e6)
                .sorted()
                .toArray();
    }

    /** From the publisher's timestamps to the node's: the one that fits most units to what went before. */
    private int shift() {
        var votes = new HashMap<Integer, Integer>();
        for (var sent : out.entrySet()) {
            in.entrySet().stream()
                    .filter(unit -> unit.getValue() < sent.getValue())
                    .max(Map.Entry.comparingByValue())
                    .filter(unit -> sent.getValue() - unit.getValue() < LONGEST_NANOS)
                    .ifPresent(unit -> votes.merge(sent.getKey() - unit.getKey(), 1, Integer::sum));
        }
        return votes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0);
    }

    /** A file of libpcap's with nanoseconds. */
    private void read(ByteBuffer pcap) {
        pcap.position(FILE_HEADER);
        while (pcap.remaining() >= 16) {
            long nanos = pcap.getInt() * 1_000_000_000L + pcap.getInt();
            int kept = pcap.getInt();
            pcap.getInt();
            if (pcap.remaining() < kept) {
                return;
            }
            var frame = pcap.slice(pcap.position(), kept).order(ByteOrder.BIG_ENDIAN);
            pcap.position(pcap.position() + kept);
            if (kept > ETHERNET + 20) {
                datagram(nanos, frame.position(ETHERNET).slice());
            }
        }
    }

    private void datagram(long nanos, ByteBuffer ip) {
        int header = (ip.get(0) & 0xf) * 4;
        int length = ip.getShort(2) & 0xffff;
        if (ip.get(9) == TCP) {
            int start = header + (ip.get(header + 12) >> 4 & 0xf) * 4;
            published(nanos, ip, start, length - start);
        } else if (ip.get(9) == UDP) {
            served(nanos, ip, header + UDP_HEADER);
        }
    }

    /** Units whose last packet shares its segment with another one are left out: it was recorded only at its beginning. */
    private void published(long nanos, ByteBuffer ip, int start, int length) {
        boolean whole = length > INTERLEAVED + RTP_HEADER
                && ip.limit() >= start + INTERLEAVED + RTP_HEADER
                && ip.get(start) == '$'
                && ip.get(start + 1) == 0
                && (ip.getShort(start + 2) & 0xffff) == length - INTERLEAVED;
        if (whole && (ip.get(start + INTERLEAVED + 1) & MARKER) != 0) {
            in.putIfAbsent(ip.getInt(start + INTERLEAVED + 4), nanos);
        }
    }

    private void served(long nanos, ByteBuffer ip, int start) {
        if (ip.limit() >= start + RTP_HEADER && (ip.get(start + 1) & 0x7f) >= DYNAMIC_TYPE) {
            out.putIfAbsent(ip.getInt(start + 4), nanos);
        }
    }

    @Override
    public void close() throws IOException {
        tcpdump.destroy();
        Files.deleteIfExists(file);
    }
}
