/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.muxer.rtp.Receiver.Received;
import io.levada.source.media.test.Clip;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At the level of packets: RFC 3550, RFC 3711, RFC 4566. */
class RtpMuxerTest {

    private static final String KEY = Base64.getEncoder().encodeToString(new byte[30]);
    private static final int SR = 200;
    private static final int RR = 201;
    private static final int BYE = 203;

    @TempDir
    static Path clips;

    private static Clip clip;

    @TempDir
    Path home;

    private Receiver receiver;

    @BeforeAll
    static void read() {
        Material.h264Aac(clips);
        clip = new Clip(clips, "av.mp4", 1, "video", "audio");
    }

    @AfterAll
    static void forget() {
        clip.close();
    }

    @BeforeEach
    void listen() throws IOException {
        receiver = Receiver.open();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    private StageHarness muxer(String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("url", receiver.url()));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new RtpMuxer())
                .parameters(all)
                .inputs("cam:video", "cam:audio")
                .home(home)
                .named("lobby", "out")
                .open();
    }

    private StageHarness sent(String... parameters) {
        var stage = muxer(parameters);
        clip.feed(stage);
        return stage;
    }

    private String sdp() throws IOException {
        return Files.readString(home.resolve("out.sdp"));
    }

    private static void assertNoGap(List<Received> packets) {
        for (int i = 1; i < packets.size(); i++) {
            assertEquals(
                    (packets.get(i - 1).sequence() + 1) & 0xffff, packets.get(i).sequence());
            assertEquals(packets.get(0).ssrc(), packets.get(i).ssrc());
        }
    }

    @Test
    void eachTrackHasPortsOfItsOwn_3550_11() throws IOException {
        try (var stage = sent()) {
            var video = receiver.all(0);
            var audio = receiver.all(2);
            assertEquals(stage.gauge("sent-packets"), video.size() + audio.size());
            assertNoGap(video);
            assertNoGap(audio);
            assertTrue(video.stream().allMatch(packet -> packet.payloadType() == 96));
            assertTrue(audio.stream().allMatch(packet -> packet.payloadType() == 97));
            assertNotEquals(video.get(0).ssrc(), audio.get(0).ssrc());
            assertEquals(0, stage.gauge("dropped"));
        }
    }

    @Test
    void portsAreInTheOrderOfFromWhicheverTrackTurnsUpFirst() throws IOException {
        var stage = StageHarness.with(new RtpMuxer())
                .parameter("url", receiver.url())
                .input("cam:audio", 1)
                .input("encode:video", 0)
                .home(home)
                .open();
        try (stage) {
            stage.feed(0, clip.formats().get(1));
            stage.feed(1, clip.formats().get(0));
            for (var entry : clip.entries()) {
                entry.packet().retain();
                stage.feed(1 - entry.track(), entry.packet());
            }
            assertEquals(96, receiver.next(0).payloadType());
            assertEquals(97, receiver.next(2).payloadType());
        }
    }

    /** As it is when the stage is changed while its source runs. */
    @Test
    void picturesComeBeforeSoundOfOneSourceWhicheverTurnsUpFirst() throws IOException {
        var stage = StageHarness.with(new RtpMuxer())
                .parameter("url", receiver.url())
                .input("cam:audio", 0)
                .input("cam:video", 0)
                .home(home)
                .open();
        try (stage) {
            stage.feed(0, clip.formats().get(1));
            stage.feed(1, clip.formats().get(0));
            for (var entry : clip.entries()) {
                entry.packet().retain();
                stage.feed(1 - entry.track(), entry.packet());
            }
            assertEquals(96, receiver.next(0).payloadType());
            assertEquals(97, receiver.next(2).payloadType());
        }
    }

    @Test
    void packetsAreAsSmallAsWanted() throws IOException {
        try (var stage = sent("packet-size", "500")) {
            var sizes = receiver.all(0).stream()
                    .map(packet -> packet.bytes().capacity())
                    .toList();
            assertTrue(sizes.stream().allMatch(size -> size <= 500), sizes.toString());
            assertTrue(sizes.contains(500), sizes.toString());
            assertEquals(0, stage.gauge("dropped"));
        }
    }

    @Test
    void nobodyHasToListenAndWhoComesLaterGetsWhatFollows() throws IOException {
        int port = receiver.port();
        var url = receiver.url();
        receiver.close();
        try (var stage = muxer("url", url)) {
            clip.formats(stage);
            clip.packets(stage, 0, 40);
            try (var late = Receiver.at(port)) {
                clip.packets(stage, 40, clip.entries().size());
                assertNoGap(late.all(0));
                assertTrue(late.all(2).size() > 20);
            }
            assertEquals(List.of(), stage.warnings());
            assertEquals(0, stage.gauge("dropped"));
        }
    }

    @Test
    void anUnknownHostIsTriedAgain() {
        try (var stage = muxer("url", "rtp://no-such-host.invalid:5004")) {
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertEquals("no address is known of the host 'no-such-host.invalid'", error.getMessage());
            assertEquals("url", error.parameter().orElseThrow());
        }
    }

    @Test
    void noWayToTheOtherEndIsTriedAgain() {
        try (var stage = muxer("url", "rtp://255.255.255.255:5004")) { // a broadcast, which nobody may send just so
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertTrue(error.getMessage().contains("255.255.255.255:5004"), error.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.7:5004",
                "rtp://192.0.2.7",
                "rtp://192.0.2.7:0",
                "rtp://192.0.2.7:65535",
                "rtsp://192.0.2.7:5004/cam",
                "rtp://:5004",
                "rtp://[::1:5004",
                "rtp://a b:5004"
            })
    void whatIsNoAddressIsInvalid(String url) {
        var error = assertThrows(StageException.class, () -> muxer("url", url));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("url", error.parameter().orElseThrow());
        assertTrue(error.remedy().orElseThrow().contains("rtp://HOST:PORT"));
    }

    @Test
    void aCodecThatRtpCantCarryIsInvalidAndNamed() {
        try (var stage = muxer()) {
            var error = assertThrows(StageException.class, () -> stage.feed(0, Packets.video("ffv1", 64, 64)));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertTrue(error.getMessage().contains("ffv1"), error.getMessage());
            assertTrue(error.remedy().orElseThrow().contains("encoder"));
        }
    }

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

    @Test
    void theDescriptionHasWhatAPlayerNeeds_4566() throws IOException {
        try (var stage = sent("sdp", "out.sdp")) {
            assertTrue(stage.gauge("sent-packets") > 0);
            var lines = sdp().lines().toList();
            assertEquals("v=0", lines.get(0));
            assertTrue(lines.contains("s=lobby/out"));
            assertTrue(lines.contains("c=IN IP4 127.0.0.1"));
            assertTrue(lines.contains("m=video " + receiver.port() + " RTP/AVP 96"));
            assertTrue(lines.contains("m=audio " + (receiver.port() + 2) + " RTP/AVP 97"));
            assertTrue(lines.stream().anyMatch(line -> line.matches("a=fmtp:96 .*sprop-parameter-sets=.+")));
            assertTrue(lines.stream().anyMatch(line -> line.matches("a=fmtp:97 .*config=1[0-9A-Fa-f]{3}.*")));
            assertNothingBesideTheDescription();
        }
    }

    private void assertNothingBesideTheDescription() throws IOException {
        try (var files = Files.list(home)) {
            assertEquals(List.of(home.resolve("out.sdp")), files.toList());
        }
    }

    @Test
    void aChangedFormatIsDescribedAnewAndTheStreamGoesOn() throws IOException {
        try (var stage = sent("sdp", "out.sdp")) {
            var before = sdp();
            int ssrc = receiver.all(0).get(0).ssrc();
            stage.feed(0, Packets.video("vp8", 64, 48));
            assertTrue(before.contains(" 1 IN IP4 ") && sdp().contains(" 2 IN IP4 "));
            assertTrue(sdp().contains("a=rtpmap:96 VP8/90000"));
            stage.feed(0, Packets.of(clip.formats().get(0).timeBase(), 1).keyframe(new byte[100]));
            assertEquals(ssrc, receiver.next(0).ssrc());
        }
    }

    @Test
    void aDescriptionThatCantBeWrittenIsSaid() throws IOException {
        Files.writeString(home.resolve("file"), "");
        try (var stage = muxer("sdp", "file/out.sdp")) {
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals("sdp", error.parameter().orElseThrow());
        }
    }

    @Test
    void aDirectoryInPlaceOfTheDescriptionIsInvalidAndNothingIsLeftBesideIt() throws IOException {
        Files.createDirectory(home.resolve("out.sdp"));
        try (var stage = muxer("sdp", "out.sdp")) {
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertEquals("sdp", error.parameter().orElseThrow());
            assertNothingBesideTheDescription();
        }
    }

    @Test
    void aPortToSendFromThatIsTakenIsNamed() throws IOException {
        try (var taken = Receiver.open();
                var stage = muxer("local-port", "" + taken.port())) {
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertEquals("local-port", error.parameter().orElseThrow());
            assertTrue(error.getMessage().contains("" + taken.port()), error.getMessage());
        }
    }

    @Test
    void anAddressThatThisMachineDoesNotHaveIsSaidOfTheRightParameter() {
        try (var stage = muxer("local-address", "192.0.2.99")) {
            clip.formats(stage);
            var error = assertThrows(StageException.class, () -> clip.packets(stage, 0, 1));
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertEquals("local-address", error.parameter().orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "127.0.0.1&connect=1", "no.such.name", "127.0.0.1:5004"})
    void whatIsNoAddressToSendFromIsInvalid(String address) {
        var error = assertThrows(StageException.class, () -> muxer("local-address", address));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("local-address", error.parameter().orElseThrow());
    }

    @Test
    void srtpHidesThePayloadAndLengthensPacketsByTheTag_3711_4_2() throws IOException {
        try (var stage = sent("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", KEY, "packet-size", "500")) {
            var packets = receiver.all(0);
            assertNoGap(packets);
            int longest = packets.stream()
                    .mapToInt(packet -> packet.bytes().capacity())
                    .max()
                    .orElseThrow();
            assertEquals(500 + 10, longest);
            assertEquals(0, stage.gauge("dropped"));
        }
    }

    @Test
    void theKeyIsInTheDescriptionThatOnlyItsOwnerReadsAndNowhereElse_4568() throws IOException {
        try (var stage = sent("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", KEY, "sdp", "out.sdp")) {
            assertTrue(sdp().contains("RTP/SAVP 96"));
            assertEquals(
                    2,
                    sdp().lines()
                            .filter(("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + KEY)::equals)
                            .count());
            assertEquals(
                    PosixFilePermissions.fromString("rw-------"),
                    Files.getPosixFilePermissions(home.resolve("out.sdp")));
            assertEquals(List.of(), stage.warnings());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c2hvcnQ=", "this is no base 64"})
    void aBadKeyIsInvalidAndNotShown(String key) {
        var error = assertThrows(StageException.class, () -> muxer("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", key));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("srtp-key", error.parameter().orElseThrow());
        assertTrue(error.remedy().orElseThrow().contains("$[secret:NAME]"));
        assertTrue(key.isEmpty() || !error.getMessage().contains(key));
    }

    @Test
    void aKeyWithoutSrtpIsInvalid() {
        var error = assertThrows(StageException.class, () -> muxer("srtp-key", KEY));
        assertEquals("srtp", error.parameter().orElseThrow());
        assertFalse(error.getMessage().contains(KEY));
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                RtpMuxer::new, material(0).samples(50).with(material(1)).parameters(Map.of("url", receiver.url())));
    }

    /** A track of the clip, round by round. */
    private static Accepts material(int track) {
        var format = clip.formats().get(track);
        var packets = clip.entries().stream()
                .filter(entry -> entry.track() == track)
                .map(Clip.Entry::packet)
                .toList();
        return Accepts.stream(format, (round, index) -> {
            var packet = packets.get(index % packets.size());
            long shift = format.timeBase().fromNanos(10_000_000_000L * round);
            packet.retain();
            return packet.toBuilder()
                    .pts(packet.pts() + shift)
                    .dts(packet.dts() + shift)
                    .build();
        });
    }
}
