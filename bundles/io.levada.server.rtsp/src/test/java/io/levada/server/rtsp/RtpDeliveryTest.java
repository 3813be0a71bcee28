/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What readers get: RFC 3550, 5.1 and 6.4; RFC 6184. */
class RtpDeliveryTest {

    private static final int IDR = 5;
    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final long SECOND = 1_000_000_000L;

    private static TestServer server;
    private static ServedClip clip;
    private RtspClient client;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        clip = server.serve(Programs.h264Aac(), "path", "/demo");
        server.serve(Programs.h264Aac(), "path", "/live", "join", "live");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = server.connect("/demo");
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    private static int nalType(ByteBuffer packet) {
        int type = packet.get(12) & 0x1f;
        return switch (type) {
            case STAP_A -> packet.get(15) & 0x1f;
            case FU_A -> packet.get(13) & 0x1f;
            default -> type;
        };
    }

    /** Whether an access unit of these packets holds a keyframe. */
    private static boolean keyframe(RtspClient from) throws IOException {
        boolean any = false;
        for (var frame = from.frame(0); ; frame = from.frame(0)) {
            any |= nalType(frame.packet()) == IDR;
            if (frame.marker()) {
                return any;
            }
        }
    }

    @Test
    void theFirstPictureIsAKeyframeAndComesAtOnce() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        long asked = System.nanoTime();
        client.request("PLAY", session);
        assertTrue(keyframe(client));
        long millis = (System.nanoTime() - asked) / 1_000_000;
        assertTrue(millis < 300, "after " + millis + " ms");
    }

    @Test
    void aLiveReaderBeginsWithAKeyframeToo() throws IOException {
        try (var live = server.connect("/live")) {
            live.playTcp();
            assertTrue(keyframe(live));
        }
    }

    @Test
    void sequenceNumbersHaveNoGapFromTheReplayIntoTheLiveStream() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        client.setupTcp(1, session);
        client.request("PLAY", session);
        var last = new int[] {-1, -1};
        long end = System.nanoTime() + 3 * SECOND;
        while (System.nanoTime() < end) {
            var frame = client.frame();
            if (frame.channel() % 2 == 0) {
                int track = frame.channel() / 2;
                if (last[track] >= 0) {
                    assertEquals((last[track] + 1) & 0xffff, frame.sequence(), "track " + track);
                }
                last[track] = frame.sequence();
            }
        }
        assertTrue(last[0] >= 0 && last[1] >= 0);
    }

    @Test
    void soundsTimestampsStrictlyRiseAcrossTheLoop() throws IOException {
        var session = "Session: " + client.setupTcp(1).session();
        client.request("PLAY", session);
        long last = client.frame(2).timestamp();
        long end = System.nanoTime() + 5 * SECOND; // the clip has 4 s
        while (System.nanoTime() < end) {
            long next = client.frame(2).timestamp();
            int step = (int) (next - last);
            assertTrue(step > 0 && step <= 12_000, "a step of " + step);
            last = next;
        }
    }

    @Test
    void theMarkerEndsEachAccessUnit_rfc6184_5_1() throws IOException {
        client.playTcp();
        boolean begins = true;
        long timestamp = 0;
        for (int i = 0; i < 300; i++) {
            var frame = client.frame(0);
            if (!begins) {
                assertEquals(timestamp, frame.timestamp());
            }
            timestamp = frame.timestamp();
            begins = frame.marker();
        }
    }

    @Test
    void noPacketIsLargerThanANetworkTakes() throws IOException {
        client.playTcp();
        for (int i = 0; i < 200; i++) {
            assertTrue(client.frame().packet().capacity() <= 1400);
        }
    }

    /** What a sender report says. */
    private record Report(double wallTime, long timestamp, long ssrc) {
        static Report of(ByteBuffer rtcp) {
            assertEquals(200, rtcp.get(1) & 0xff);
            double wall = (rtcp.getInt(8) & 0xffffffffL) - 2208988800L + (rtcp.getInt(12) & 0xffffffffL) / 4294967296.0;
            return new Report(wall, rtcp.getInt(16) & 0xffffffffL, rtcp.getInt(4) & 0xffffffffL);
        }
    }

    @Test
    void senderReportsComeFirstAndPutPictureAndSoundOnOneClock_rfc3550_6_4_1() throws IOException {
        var video = client.setupTcp(0);
        var session = "Session: " + video.session();
        client.setupTcp(1, session);
        client.request("PLAY", session);
        var first = client.frame();
        var second = client.frame();
        assertEquals(1, first.channel());
        assertEquals(3, second.channel());
        var picture = Report.of(first.packet());
        var sound = Report.of(second.packet());
        assertTrue(video.header("transport").contains(String.format("ssrc=%08X", picture.ssrc())));
        assertEquals(picture.wallTime(), sound.wallTime(), 1e-9, "both about one instant");
        assertEquals(System.currentTimeMillis() / 1000.0, picture.wallTime(), 2);
        // The newest packets are about now on that clock: both tracks were captured at the same time.
        for (int i = 0; i < 150; i++) {
            client.frame();
        }
        double pictureTime = (int) (client.frame(0).timestamp() - picture.timestamp()) / 90000.0;
        double soundTime = (int) (client.frame(2).timestamp() - sound.timestamp()) / 48000.0;
        assertEquals(pictureTime, soundTime, 0.2);
    }

    @Test
    void overUdpTheSamePacketsComeSpreadOut() throws IOException {
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            rtp.setSoTimeout(5000);
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            var response = client.request("PLAY", "Session: " + setup.session());
            var info = Pattern.compile("seq=(\\d+);rtptime=(\\d+)").matcher(response.header("rtp-info"));
            assertTrue(info.find());
            int next = Integer.parseInt(info.group(1));
            var packet = new DatagramPacket(new byte[2000], 2000);
            for (int i = 0; i < 300; i++) {
                rtp.receive(packet);
                var bytes = ByteBuffer.wrap(packet.getData());
                assertEquals(next, bytes.getShort(2) & 0xffff);
                next = (next + 1) & 0xffff;
            }
        }
    }

    @Test
    void oddChannelsGetTheSamePackets_rfc2326_10_12() throws IOException {
        var session =
                "Session: " + client.setup(0, "RTP/AVP/TCP;interleaved=10-11").session();
        client.request("PLAY", session);
        assertEquals(11, client.frame().channel());
        int last = client.frame(10).sequence();
        for (int i = 0; i < 100; i++) {
            int next = client.frame(10).sequence();
            assertEquals((last + 1) & 0xffff, next);
            last = next;
        }
    }

    @Test
    void whenTheStreamEndsReadersGetAByeAndTheConnectionsEnd_rfc3550_6_6() throws Exception {
        var ending = server.serve(Programs.h264Aac(), "path", "/ending");
        try (var reader = server.connect("/ending")) {
            reader.playTcp();
            reader.frame();
            ending.close();
            ByteBuffer lastReport = null;
            try {
                while (true) {
                    var frame = reader.frame();
                    lastReport = frame.channel() == 1 ? frame.packet() : lastReport;
                }
            } catch (java.io.EOFException e) {
                assertEquals(203, lastReport.get(lastReport.capacity() - 7) & 0xff, "the last packet is a BYE");
            }
        }
        assertEquals(404, client.requestUrl("DESCRIBE", server.url("/ending")).status());
    }

    /** Six seconds of 12 Mbit/s. */
    private static Path large(int keyframes) throws Exception {
        return Programs.clip(
                "large-" + keyframes + ".mp4",
                ("-f lavfi -i testsrc2=size=1280x720:rate=25:duration=6 -vf noise=alls=40:allf=t -c:v libx264"
                                + " -preset ultrafast -b:v 12M -g " + keyframes)
                        .split(" "));
    }

    @Test
    void aReaderThatDoesNotReadIsSkippedThenEvictedAndTheOthersLoseNothing() throws Exception {
        var file = large(12);
        var large = server.serve(
                file, "path", "/large", "queue-bytes", "500 kB", "queue-time", "1 s", "evict-after", "4 s");
        var good = new ArrayList<RtspClient>();
        try (var stuck = new RtspClient(server.address(), "/large", 4096)) {
            stuck.playTcp();
            for (int i = 0; i < 5; i++) {
                var reader = server.connect("/large");
                reader.playTcp();
                good.add(reader);
            }
            var last = new int[good.size()];
            java.util.Arrays.fill(last, -1);
            long end = System.nanoTime() + 20 * SECOND;
            while (large.gauge("evicted") == 0 && System.nanoTime() < end) {
                for (int i = 0; i < last.length; i++) {
                    int next = good.get(i).frame(0).sequence();
                    assertTrue(last[i] < 0 || next == ((last[i] + 1) & 0xffff), "a gap at reader " + i);
                    last[i] = next;
                }
            }
            assertEquals(1, large.gauge("evicted"));
            assertTrue(large.gauge("dropped-slow") > 100, "dropped " + large.gauge("dropped-slow"));
            assertEquals(good.size(), large.gauge("readers"));
        } finally {
            for (var reader : good) {
                reader.close();
            }
        }
    }

    /** What waits for it is dropped long before there is a keyframe to go on with: it has caught up with nothing by that. */
    @Test
    void aReaderThatDoesNotReadIsEvictedHoweverFarApartKeyframesAre() throws Exception {
        var large = server.serve(
                large(250), "path", "/far-apart", "queue-bytes", "500 kB", "queue-time", "1 s", "evict-after", "3 s");
        try (var stuck = new RtspClient(server.address(), "/far-apart", 4096)) {
            stuck.playTcp();
            TestServer.await("its end", Duration.ofSeconds(30), () -> large.gauge("evicted") == 1);
            assertTrue(large.gauge("dropped-slow") > 100, "dropped " + large.gauge("dropped-slow"));
            var connections = server.server().listener().orElseThrow();
            TestServer.await(
                    "the client of the test alone", Duration.ofSeconds(10), () -> connections.connections() == 1);
            assertThrows(SocketException.class, () -> readOn(stuck), "the kernel keeps nothing for it");
        }
    }

    private static void readOn(RtspClient client) throws IOException {
        while (true) {
            client.frame();
        }
    }

    @Test
    void aReaderThatIsSlowForAWhileGoesOnAtAKeyframe() throws Exception {
        var file = large(12);
        var large = server.serve(
                file, "path", "/slow", "queue-bytes", "500 kB", "queue-time", "1 s", "evict-after", "60 s");
        try (var slow = new RtspClient(server.address(), "/slow", 4096)) {
            slow.playTcp();
            TestServer.await("a skip", Duration.ofSeconds(20), () -> large.gauge("dropped-slow") > 0);
            List<Boolean> afterGaps = new ArrayList<>();
            int last = slow.frame(0).sequence();
            boolean complete = true;
            long end = System.nanoTime() + 15 * SECOND;
            while (afterGaps.isEmpty() && System.nanoTime() < end) {
                var frame = slow.frame(0);
                if (frame.sequence() != ((last + 1) & 0xffff)) {
                    assertTrue(complete, "the access unit before the gap is whole");
                    boolean key = nalType(frame.packet()) == IDR;
                    while (!key && !frame.marker()) {
                        frame = slow.frame(0);
                        key = nalType(frame.packet()) == IDR;
                    }
                    afterGaps.add(key);
                }
                complete = frame.marker();
                last = frame.sequence();
            }
            assertEquals(List.of(true), afterGaps);
            assertEquals(0, large.gauge("evicted"));
        }
    }

    @Test
    void figuresAreCounted() throws IOException {
        long bytes = clip.gauge("sent-bytes");
        long packets = clip.gauge("sent-packets");
        client.playTcp();
        for (int i = 0; i < 50; i++) {
            client.frame();
        }
        assertTrue(clip.gauge("sent-packets") >= packets + 49);
        assertTrue(clip.gauge("sent-bytes") > bytes + 50 * 12);
    }
}
