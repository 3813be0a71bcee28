/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.muxer.rtp.Receiver.Received;
import io.levada.source.media.test.Clip;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes and comes beside the packets, and whose they are: RFC 3550, 6 and 8.2; RFC 3711, 3.2.3. */
class RtcpTest extends RtpMuxerFixture {

    private static final int SR = 200;

    private static final int RR = 201;

    private static final int BYE = 203;

    private static ByteBuffer report(List<Received> control, int type) {
        for (var packet : control) {
            var bytes = packet.bytes();
            for (int at = 0; at < bytes.capacity(); at += 4 * (bytes.getShort(at + 2) + 1)) {
                if ((bytes.get(at + 1) & 0xff) == type) {
                    return bytes.slice(at, bytes.capacity() - at);
                }
            }
        }
        throw new AssertionError("no RTCP of type " + type + " among " + control.size());
    }

    @Test
    void senderReportsAreOfOneInstantAndTellTheTimeOfCaptureWithinAMillisecond_3550_6_4_1() throws IOException {
        long start = RtcpSenderReports.wallTime();
        try (var stage = muxer()) {
            clip.formats(stage);
            for (var entry : clip.entries()) {
                stage.feed(entry.track(), captured(entry, start));
            }
            var video = report(receiver.all(1), SR);
            var audio = report(receiver.all(3), SR);
            assertEquals(video.getLong(8), audio.getLong(8), "one instant");
            double begin = start / 1e9;
            assertEquals(begin + seconds(0), wallTime(video, receiver.next(0), 90_000), 0.001);
            assertEquals(begin + seconds(1), wallTime(audio, receiver.next(2), 48_000), 0.001);
        }
    }

    /** The packet as a camera would bring it whose first picture is of this time. */
    private static Packet captured(Clip.Entry entry, long start) {
        var packet = entry.packet();
        var stamp = packet.stamp();
        long time = entry.format().timeBase().toNanos(packet.pts());
        packet.retain();
        return packet.toBuilder()
                .stamp(Stamp.of(
                        stamp.source(),
                        stamp.epoch(),
                        stamp.pts(),
                        stamp.runningTime(),
                        stamp.captured(),
                        start + time))
                .build();
    }

    /** When a packet is of, by a sender report, in seconds since 1970. */
    private static double wallTime(ByteBuffer report, Received packet, double clock) {
        double told = (report.getInt(8) & 0xffffffffL) - 2_208_988_800L + (report.getInt(12) & 0xffffffffL) / 0x1p32;
        return told + (packet.timestamp() - report.getInt(16)) / clock;
    }

    private static double seconds(int track) {
        var first = clip.entries().stream()
                .filter(entry -> entry.track() == track)
                .findFirst()
                .orElseThrow();
        return first.format().timeBase().toNanos(first.packet().pts()) / 1e9;
    }

    @Test
    void theStreamEndsWithABye_3550_6_6() throws IOException {
        int ssrc;
        try (var stage = sent()) {
            ssrc = receiver.next(0).ssrc();
            assertEquals(1, receiver.all(1).size(), "one report, at the beginning");
            assertTrue(stage.gauge("sent-packets") > 0);
        }
        assertEquals(ssrc, report(receiver.all(1), BYE).getInt(4));
        assertEquals(
                1,
                receiver.all(3).stream()
                        .filter(packet -> (packet.bytes().get(packet.bytes().capacity() - 7) & 0xff) == BYE)
                        .count());
    }

    /** A receiver report (RFC 3550, 6.4.2) about one source. */
    private static byte[] receiverReport(int reporter, int source, int fraction, int lost, int jitter) {
        return ByteBuffer.allocate(32)
                .put((byte) 0x81)
                .put((byte) RR)
                .putShort((short) 7)
                .putInt(reporter)
                .putInt(source)
                .putInt(fraction << 24 | lost)
                .putInt(0)
                .putInt(jitter)
                .putLong(0)
                .array();
    }

    /** Sends the rest of the clip piece by piece until it has listened. */
    private static void awaitGauge(StageHarness stage, String name, long value) {
        for (int i = 40; i < clip.entries().size(); i++) {
            clip.packets(stage, i, i + 1);
            if (stage.gauge(name) == value) {
                return;
            }
            LockSupport.parkNanos(20_000_000);
        }
        assertEquals(value, stage.gauge(name), name);
    }

    @Test
    void whatReceiversReportIsShown_3550_6_4_2() throws IOException {
        try (var stage = muxer()) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var source = receiver.next(0);
            var control = receiver.next(1);
            assertEquals(source.from().getPort() + 1, control.from().getPort(), "RTCP leaves from the next port");
            receiver.send(1, receiverReport(7, source.ssrc(), 64, 5, 900), control.from());
            awaitGauge(stage, "reports", 1);
            assertEquals(5, stage.gauge("lost"));
            assertEquals(10_000, stage.gauge("jitter-us"));
        }
    }

    @Test
    void malformedRtcpChangesNothing_3550_A_2() throws IOException {
        try (var stage = muxer()) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var source = receiver.next(0);
            var to = receiver.next(1).from();
            var good = receiverReport(7, source.ssrc(), 64, 5, 900);
            for (int length = 0; length < good.length; length++) {
                receiver.send(1, Arrays.copyOf(good, length), to);
            }
            receiver.send(1, Arrays.copyOf(good, 36), to); // four bytes that belong to nothing
            var version = good.clone();
            version[0] = 0x41;
            receiver.send(1, version, to);
            var blocks = good.clone();
            blocks[0] = (byte) 0x82; // says two and holds one
            receiver.send(1, blocks, to);
            receiver.send(1, new byte[2000], to);
            receiver.send(1, receiverReport(8, source.ssrc(), 0, 1, 90), to);
            awaitGauge(stage, "reports", 1);
            assertEquals(1, stage.gauge("lost"));
            assertEquals(1000, stage.gauge("jitter-us"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "aes-cm-128-hmac-sha1-80"})
    void emptyDatagramsDoNotKeepReportsWaiting(String srtp) throws IOException {
        try (var stage = srtp.equals("off") ? muxer() : muxer("srtp", srtp, "srtp-key", KEY)) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var source = receiver.next(0);
            var to = receiver.next(1).from();
            for (int i = 0; i < 100; i++) {
                receiver.send(1, new byte[0], to);
            }
            // encrypted or not, our SSRC is what is looked at
            receiver.send(0, source.bytes().array(), source.from());
            awaitGauge(stage, "collisions", 1);
        }
    }

    @Test
    void reportsOnSourcesThatAreNotOursDoNotKeepOursOut() throws IOException {
        try (var stage = muxer()) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var source = receiver.next(0);
            var to = receiver.next(1).from();
            for (int other = 1; other <= 20; other++) {
                receiver.send(1, receiverReport(7, source.ssrc() + other, 0, 99, 90), to);
            }
            receiver.send(1, receiverReport(7, source.ssrc(), 64, 5, 900), to);
            awaitGauge(stage, "reports", 1);
            assertEquals(5, stage.gauge("lost"));
        }
    }

    @Test
    void whereItsSsrcIsTakenItSaysGoodByeAndGoesOnUnderAnother_3550_8_2() throws IOException {
        try (var stage = muxer()) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var before = receiver.all(0);
            int taken = before.get(0).ssrc();
            receiver.all(1);
            receiver.send(1, receiverReport(taken, taken + 1, 0, 0, 0), control(before.get(0)));
            awaitGauge(stage, "collisions", 1);
            assertEquals(taken, report(receiver.all(1), BYE).getInt(4));
            clip.packets(stage, 0, 40);
            var after = new ArrayList<>(receiver.all(0));
            after.removeIf(packet -> packet.ssrc() == taken);
            assertNoGap(after);
            assertEquals(List.of(), stage.warnings());
            receiver.send(1, receiverReport(7, after.get(0).ssrc(), 64, 5, 900), control(before.get(0)));
            awaitGauge(stage, "reports", 1);
            assertEquals(5, stage.gauge("lost"));
        }
    }

    @Test
    void whenItsOwnPacketsComeBackItChangesOnceAndSaysSoOnce_3550_8_2() throws IOException {
        try (var stage = muxer()) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var first = receiver.all(0).get(0);
            receiver.send(0, first.bytes().array(), first.from());
            awaitGauge(stage, "collisions", 1);
            clip.packets(stage, 0, 40);
            var packets = receiver.all(0);
            var second = packets.get(packets.size() - 1);
            assertNotEquals(first.ssrc(), second.ssrc());
            for (int i = 2; i < 4; i++) {
                receiver.send(0, second.bytes().array(), first.from());
                awaitGauge(stage, "collisions", i);
            }
            assertEquals(1, stage.warnings().size(), stage.warnings().toString());
            receiver.all(0);
            clip.packets(stage, 0, 40);
            assertEquals(second.ssrc(), receiver.next(0).ssrc());
        }
    }

    @Test
    void encryptedItOpensItsPortsAnewForAnotherSsrc_3711_3_2_3() throws IOException {
        var local = Integer.toString(Receiver.freePort());
        try (var stage = muxer("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", KEY, "local-port", local)) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            var first = receiver.all(0).get(0);
            receiver.send(0, first.bytes().array(), first.from());
            awaitGauge(stage, "collisions", 1);
            receiver.all(0);
            clip.packets(stage, 0, 40);
            var next = receiver.next(0);
            assertNotEquals(first.ssrc(), next.ssrc());
            assertEquals(first.from(), next.from());
        }
    }

    private static InetSocketAddress control(Received rtp) {
        return new InetSocketAddress(rtp.from().getAddress(), rtp.from().getPort() + 1);
    }
}
