/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The file that tells players what is sent: RFC 4566. */
class SdpFileTest extends RtpMuxerFixture {

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

    private void assertNothingBesideTheDescription() throws IOException {
        try (var files = Files.list(home)) {
            assertEquals(List.of(home.resolve("out.sdp")), files.toList());
        }
    }
}
