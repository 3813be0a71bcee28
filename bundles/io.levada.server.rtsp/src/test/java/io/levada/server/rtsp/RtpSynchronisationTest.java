/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sender reports put the tracks of a stream on one clock: RFC 3550, 6.4.1. */
class RtpSynchronisationTest {

    private static final int SR = 200;
    private static final double VIDEO_CLOCK = 90_000;
    private static final double AUDIO_CLOCK = 48_000;
    private static final double MILLISECOND = 0.001;

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a sender report says: an instant, in seconds since 1900, and the track's timestamp then. */
    private record Report(double time, int timestamp) {

        static Report of(RtspClient.Frame frame) {
            var rtcp = frame.packet();
            assertEquals(SR, rtcp.get(1) & 0xff);
            return new Report(
                    (rtcp.getInt(8) & 0xffffffffL) + (rtcp.getInt(12) & 0xffffffffL) / 0x1p32, rtcp.getInt(16));
        }

        /** When something with this timestamp is shown. */
        double when(long timestamp, double clock) {
            return time + ((int) timestamp - this.timestamp) / clock;
        }
    }

    private static RtspClient playBoth(RtspClient client) throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        client.setupTcp(1, session);
        assertEquals(200, client.request("PLAY", session).status());
        return client;
    }

    @Test
    void pictureAndSoundLieAsTheyDoInTheFile_rfc3550_6_4_1() throws Exception {
        var sounds = new HashMap<ByteBuffer, Double>();
        double picture = Double.NaN;
        try (var stage = StageHarness.with(new RtspServerStage(server.server()))
                        .parameters(Map.of("path", "/both"))
                        .inputs("clip:video", "clip:audio")
                        .open();
                var clip = new Clip(Programs.h264Aac())) {
            stage.feed(0, clip.formats().get(0)).feed(1, clip.formats().get(1));
            for (int i = 0; i < 40; i++) {
                var read = clip.next();
                var packet = read.packet();
                double shown = clip.formats().get(read.track()).timeBase().toNanos(packet.pts()) / 1e9;
                if (read.track() == 0) {
                    picture = Double.isNaN(picture) ? shown : picture;
                } else {
                    sounds.put(bytes(packet.data()), shown);
                }
                stage.feed(read.track(), packet);
            }
            try (var reader = playBoth(server.connect("/both"))) {
                var first = new HashMap<Integer, RtspClient.Frame>();
                while (first.size() < 4) {
                    var frame = reader.frame();
                    first.putIfAbsent(frame.channel(), frame);
                }
                var sound = first.get(2);
                double pictureHere = Report.of(first.get(1)).when(first.get(0).timestamp(), VIDEO_CLOCK);
                double soundHere = Report.of(first.get(3)).when(sound.timestamp(), AUDIO_CLOCK);
                double inFile = sounds.get(firstUnit(sound.packet())) - picture;
                assertEquals(inFile, soundHere - pictureHere, MILLISECOND);
            }
        }
    }

    private static ByteBuffer bytes(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
    }

    /** The first unit of a packet of AAC (RFC 3640, 3.2.1). */
    private static ByteBuffer firstUnit(ByteBuffer packet) {
        int headers = (packet.getShort(12) & 0xffff) / Byte.SIZE;
        int size = (packet.getShort(14) & 0xffff) >> 3;
        return packet.slice(14 + headers, size);
    }

    @Test
    void reportsComeEveryFewSecondsAndKeepTheClock_rfc3550_6_4_1() throws Exception {
        server.serve(Programs.h264Aac(), "path", "/demo");
        try (var reader = playBoth(server.connect("/demo"))) {
            var first = Report.of(reader.frame(1));
            var video = Report.of(reader.frame(1));
            var audio = Report.of(reader.frame(3));
            assertEquals(first.time() + 5, video.time(), 4, "seconds");
            assertEquals(video.time(), audio.time(), 1e-6, "about one instant");
            double drift = video.time() - first.when(video.timestamp(), VIDEO_CLOCK);
            assertEquals(0, drift, 2 * MILLISECOND, "it follows the capture clock by a millisecond at a time");
        }
    }
}
