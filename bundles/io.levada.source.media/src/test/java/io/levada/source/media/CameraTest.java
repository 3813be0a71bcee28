/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.source.media.test.Clip;
import io.levada.testkit.StageHarness;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptions as real cameras send them (RFC 4566, RFC 2326 C), with what they leave out and what else is in them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CameraTest {

    private static final String HEAD = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=live\nt=0 0\n";
    private static final String VIDEO = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\nSETS\na=control:track1\n";
    private static final String VOICE = "m=audio 0 RTP/AVP 0\na=control:track2\n";

    @TempDir
    static Path clips;

    private static Clip clip;

    @BeforeAll
    static void makeClip() {
        FFmpegProgram.run(
                clips,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-c:v",
                "libx264",
                "-bf",
                "0",
                "-g",
                "10",
                "-pix_fmt",
                "yuv420p",
                "-c:a",
                "pcm_mulaw",
                "-ar",
                "8000",
                "-ac",
                "1",
                "camera.mov");
        clip = new Clip(clips, "camera.mov", 1, "video", "audio");
    }

    @AfterAll
    static void forget() {
        clip.close();
    }

    private static StageHarness source(Camera camera) {
        return StageHarness.with(new MediaSource())
                .parameter("url", camera.url())
                .named("lobby", "cam")
                .open();
    }

    /** Reads until there are so many packets of each of the tracks. */
    private static void awaitPackets(StageHarness stage, int count, String... tracks) {
        while (!List.of(tracks).stream()
                .allMatch(track -> stage.track(track).packets().size() >= count)) {
            assertTrue(stage.produce());
        }
    }

    private static PacketFormat format(StageHarness stage, String track) {
        return (PacketFormat) stage.track(track).formats().single();
    }

    private static void assertVideo(StageHarness stage, String track) {
        awaitPackets(stage, 20, track);
        assertEquals("h264", format(stage, track).codec());
        assertEquals(320, format(stage, track).width());
        assertTrue(stage.track(track).packets().get(0).keyframe());
    }

    @Test
    void aDescriptionWithoutOriginNameAndTimeIsUnderstood() throws Exception {
        try (var camera = new Camera(clip, "v=0\n" + VIDEO, 0);
                var stage = source(camera)) {
            assertVideo(stage, "video");
        }
    }

    @Test
    void aHexadecimalSessionIsUnderstood() throws Exception {
        var head = HEAD.replace("- 1 1", "- 0x5f3Ae01C 0x1");
        try (var camera = new Camera(clip, head + VIDEO, 0);
                var stage = source(camera)) {
            assertVideo(stage, "video");
        }
    }

    @Test
    void absoluteControlUrlsAreSetUpAsTheyAre_C_1_1() throws Exception {
        var video = VIDEO.replace("control:track1", "control:URL/trackID=1?x=y");
        try (var camera = new Camera(clip, HEAD + "a=control:URL/\n" + video, 0);
                var stage = source(camera)) {
            assertVideo(stage, "video");
            assertEquals(List.of(camera.url() + "/trackID=1?x=y"), camera.setUp());
        }
    }

    @Test
    void aStaticTypeNeedsNoRtpmap_rfc3551_6() throws Exception {
        try (var camera = new Camera(clip, HEAD + VIDEO + VOICE, 0, 1);
                var stage = source(camera)) {
            awaitPackets(stage, 20, "video", "audio");
            assertEquals("pcm_mulaw", format(stage, "audio").codec());
            assertEquals(8000, format(stage, "audio").sampleRate());
        }
    }

    @Test
    void parameterSetsMayBeMissingInTheDescription_rfc6184_8_1() throws Exception {
        try (var camera = new Camera(clip, HEAD + VIDEO.replace("SETS\n", ""), 0);
                var stage = source(camera)) {
            assertVideo(stage, "video");
        }
    }

    @Test
    void twoVideosAreTwoTracks() throws Exception {
        try (var camera = new Camera(clip, HEAD + VIDEO + VIDEO.replace("track1", "track2"), 0, 0);
                var stage = source(camera)) {
            assertVideo(stage, "video");
            assertVideo(stage, "video2");
        }
    }

    @Test
    void aBackChannelDoesNotMatter_onvif_5_3() throws Exception {
        try (var camera = new Camera(clip, HEAD + VIDEO + VOICE + "a=sendonly\n", 0, -1);
                var stage = source(camera)) {
            assertVideo(stage, "video");
        }
    }

    @Test
    void metadataBesideThePicturesDoNotMatter_onvif_5_1() throws Exception {
        var metadata = "m=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\na=control:track2\n";
        try (var camera = new Camera(clip, HEAD + VIDEO + metadata, 0, -1);
                var stage = source(camera)) {
            assertVideo(stage, "video");
        }
    }

    @Test
    void whatFfmpegCantTakeOutOfRtpWithoutHarmIsRefused() throws Exception {
        var av1 = "m=video 0 RTP/AVP 96\na=rtpmap:96 AV1/90000\na=control:track1\n";
        try (var camera = new Camera(clip, HEAD + av1, -1);
                var stage = source(camera)) {
            var error = assertThrows(StageException.class, stage::produce);
            assertEquals(StageException.Kind.FAILED, error.kind());
            assertTrue(error.getMessage().contains("sends av1"), error.getMessage());
            assertTrue(error.remedy().orElseThrow().contains("source.publish"), error.toString());
        }
    }
}
