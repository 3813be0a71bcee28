/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import io.levada.source.media.test.Clip;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where packets go, at the level of packets: RFC 3550. */
class RtpMuxerTest extends RtpMuxerFixture {

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
