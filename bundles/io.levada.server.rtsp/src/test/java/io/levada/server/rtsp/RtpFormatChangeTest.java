/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stream changes while readers are there: RFC 6184, 8.4; RFC 3550, 6.6. */
class RtpFormatChangeTest {

    private static final int SPS = 7;
    private static final int PPS = 8;

    private final TestServer server = new TestServer();
    private StageHarness stage;
    private RtspClient reader;

    @BeforeEach
    void open() throws Exception {
        stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/demo"));
        feed(Programs.h264Aac(), 10, 0);
        reader = server.connect("/demo");
    }

    @AfterEach
    void close() throws IOException {
        reader.close();
        stage.close();
        server.close();
    }

    /** Feeds the video track of a clip, so many packets from a time on. */
    private void feed(Path file, int packets, long nanos) {
        try (var clip = new Clip(file)) {
            var format = clip.formats().get(0);
            stage.feed(format);
            long shift = format.timeBase().fromNanos(nanos);
            for (int i = 0; i < packets; ) {
                var read = clip.next();
                if (read.track() == 0) {
                    var packet = read.packet();
                    stage.feed(packet.toBuilder()
                            .pts(packet.pts() + shift)
                            .dts(packet.dts() + shift)
                            .build());
                    i++;
                } else {
                    read.packet().release();
                }
            }
        }
    }

    private static List<Integer> nalTypes(ByteBuffer packet) {
        int type = packet.get(12) & 0x1f;
        if (type != 24) {
            return List.of(type);
        }
        List<Integer> types = new ArrayList<>();
        for (int at = 13; at + 2 < packet.limit(); at += 2 + (packet.getShort(at) & 0xffff)) {
            types.add(packet.get(at + 2) & 0x1f);
        }
        return types;
    }

    @Test
    void newParameterSetsGoInBandAndNumbersGoOn() throws Exception {
        reader.playTcp();
        var last = reader.frame(0);
        stage.feed(Packets.video("h264", 1, 1)); // a format without parameter sets does no harm
        feed(Programs.h264Small(), 30, 1_000_000_000L);
        var ssrc = last.packet().getInt(8);
        List<Integer> sets = new ArrayList<>();
        for (int i = 0; i < 60 && sets.size() < 4; i++) {
            var frame = reader.frame(0);
            assertEquals((last.sequence() + 1) & 0xffff, frame.sequence());
            assertEquals(ssrc, frame.packet().getInt(8));
            var types = nalTypes(frame.packet());
            if (types.contains(SPS)) {
                assertFalse(
                        frame.marker() && types.stream().allMatch(type -> type == SPS || type == PPS),
                        "the access unit goes on");
                assertTrue((int) (frame.timestamp() - last.timestamp()) >= 0);
                sets.addAll(types);
            }
            last = frame;
        }
        assertTrue(sets.contains(SPS) && sets.contains(PPS), sets.toString());
        assertTrue(server.connect("/demo").request("DESCRIBE").body().contains("profile-level-id=42"));
    }

    @Test
    void parameterSetsComeInFrontOfEveryKeyframeAfterAChange() throws Exception {
        feed(Programs.h264Aac(), 10, 1_000_000_000L);
        stage.feed(Packets.video("h264", 1, 1));
        feed(Programs.h264Aac(), 60, 2_000_000_000L);
        reader.playTcp();
        assertTrue(nalTypes(reader.frame(0).packet()).contains(SPS));
    }

    @Test
    void anotherCodecEndsTheReadersWithAByeAndIsDescribedToNewOnes() throws Exception {
        reader.playTcp();
        stage.feed(Packets.video("vp8", 64, 64));
        ByteBuffer report = null;
        try {
            while (true) {
                var frame = reader.frame();
                report = frame.channel() == 1 ? frame.packet() : report;
            }
        } catch (java.io.EOFException e) {
            assertEquals(203, report.get(report.capacity() - 7) & 0xff, "the last packet is a BYE");
        }
        try (var next = server.connect("/demo")) {
            assertTrue(next.request("DESCRIBE").body().contains("VP8/90000"));
        }
    }

    @Test
    void aSourceThatBeginsAgainAtZeroDoesNotTurnTimestampsBack() throws Exception {
        feed(Programs.h264Aac(), 60, 50_000_000_000L);
        reader.playTcp();
        long last = reader.frame(0).timestamp();
        feed(Programs.h264Small(), 60, 0);
        long highest = last;
        for (int i = 0; i < 80; i++) {
            long next = reader.frame(0).timestamp();
            assertTrue((int) (next - highest) > -90_000, "back by " + (int) (highest - next)); // B-frames
            highest = (int) (next - highest) > 0 ? next : highest;
        }
        assertTrue((int) (highest - last) > 0);
    }

    @Test
    void aFlushForgetsTheOldPicture() throws Exception {
        stage.flush(1);
        feed(Programs.h264Small(), 5, 5_000_000_000L);
        reader.playTcp();
        var first = reader.frame(0);
        long times = (int) (first.timestamp());
        for (int i = 0; i < 5; i++) {
            assertTrue((int) (reader.frame(0).timestamp() - times) < 90_000);
        }
    }

    @Test
    void aFlushForgetsTheOldSoundThatTheNextWouldBring() throws Exception {
        var both = StageHarness.with(new RtspServerStage(server.server()))
                .parameters(Map.of("path", "/both"))
                .inputs("cam:video", "cam:audio")
                .open();
        try (both) {
            feedBoth(both, 0);
            both.flush(1);
            feedBoth(both, 50_000_000_000L);
            try (var next = server.connect("/both")) {
                var session = "Session: " + next.setupTcp(0).session();
                next.setupTcp(1, session);
                assertEquals(200, next.request("PLAY", session).status());
                var first = next.frame(2);
                var second = next.frame(2);
                assertEquals(first.sequence() + 1 & 0xffff, second.sequence());
                assertTrue(
                        second.timestamp() - first.timestamp() < 10_000, second.timestamp() - first.timestamp() + "");
            }
        }
    }

    /** Feeds the first packets of a clip's video and audio, from a time on. */
    private static void feedBoth(StageHarness stage, long nanos) throws Exception {
        try (var clip = new Clip(Programs.h264Aac())) {
            stage.feed(0, clip.formats().get(0)).feed(1, clip.formats().get(1));
            for (int i = 0; i < 60; i++) {
                var read = clip.next();
                var packet = read.packet();
                long shift = clip.formats().get(read.track()).timeBase().fromNanos(nanos);
                stage.feed(
                        read.track(),
                        packet.toBuilder()
                                .pts(packet.pts() + shift)
                                .dts(packet.dts() + shift)
                                .build());
            }
        }
    }
}
