/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.MediaFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecParametersTest {

    @TempDir
    Path directory;

    private PacketFormat generate(String name, String... arguments) {
        var file = directory.resolve(name);
        var all = new ArrayList<>(List.of(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x240:rate=25:duration=1",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1:sample_rate=48000"));
        all.addAll(List.of(arguments));
        all.add(file.toString());
        FFmpegProgram.run(all.toArray(String[]::new));
        try (var media = MediaFile.open(file)) {
            return media.formats().get(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v.mp4 -map 0 -c:v libx264 -profile:v high -color_range pc -colorspace bt709 -aspect 16:9",
                "v.mp4 -map 0 -c:v libx265 -tag:v hvc1 -x265-params log-level=none",
                "v.webm -map 0 -c:v libvpx-vp9 -deadline realtime",
                "v.mkv -map 0 -c:v libsvtav1 -preset 12",
                "v.ts -map 0 -c:v mpeg2video",
                "v.avi -map 0 -c:v mjpeg -pix_fmt yuvj422p",
                "a.m4a -map 1 -c:a aac -metadata:s:a language=deu",
                "a.webm -map 1 -c:a libopus",
                "a.mp3 -map 1 -c:a libmp3lame",
                "a.wav -map 1 -c:a pcm_s24le",
                "a.flac -map 1 -c:a flac"
            })
    void nothingIsLostOnTheWayThereAndBack(String clip) throws StageException {
        var words = clip.split(" ");
        var format = generate(words[0], List.of(words).subList(1, words.length).toArray(String[]::new));
        var parameters = avcodec_parameters_alloc();
        CodecParameters.fill(format, parameters);
        var again = CodecParameters.format(parameters, format.timeBase()).toBuilder()
                .frameRate(format.frameRate())
                .language(format.language())
                .build();
        var details = new TreeMap<>(format.details());
        details.remove("disposition");
        details.remove("title");
        assertEquals(format.toBuilder().details(details).build(), again);
        assertEquals(details, again.details());
        avcodec_parameters_free(parameters);
    }

    @Test
    void aTrackSaysWhatItIs() {
        var video = generate("v.mp4", "-map", "0", "-c:v", "libx264", "-profile:v", "high", "-aspect", "16:9");
        assertEquals(MediaKind.VIDEO, video.kind());
        assertEquals("h264", video.codec());
        assertEquals(new Rational(25, 1), video.frameRate());
        assertEquals(new Rational(4, 3), video.sampleAspectRatio());
        assertEquals("avc1", video.details().get("codec_tag"));
        assertEquals("100", video.details().get("profile"));
        assertEquals("yuv420p", video.details().get("pix_fmt"));
        assertTrue(video.extradata().remaining() > 10);
        var audio = generate("a.m4a", "-map", "1", "-c:a", "aac", "-metadata:s:a", "language=deu");
        assertEquals("deu", audio.language());
        assertEquals(48_000, audio.sampleRate());
        assertEquals("mono", audio.channelLayout());
        assertEquals("1024", audio.details().get("frame_size"));
    }

    @Test
    void aRotationSurvivesAndIsReadable() throws StageException {
        var plain = directory.resolve("plain.mp4");
        var turned = directory.resolve("turned.mp4");
        FFmpegProgram.run("-f", "lavfi", "-i", "testsrc2=duration=1", "-c:v", "libx264", plain.toString());
        FFmpegProgram.run("-display_rotation", "90", "-i", plain.toString(), "-c", "copy", turned.toString());
        try (var media = MediaFile.open(turned)) {
            var format = media.formats().get(0);
            assertEquals("-90", format.details().get("rotation"));
            var parameters = avcodec_parameters_alloc();
            CodecParameters.fill(format, parameters);
            assertEquals(1, parameters.nb_coded_side_data());
            var again = CodecParameters.format(parameters, TimeBase.MILLIS).details();
            assertEquals(format.details().get("side_data.display_matrix"), again.get("side_data.display_matrix"));
            assertEquals("-90", again.get("rotation"));
            avcodec_parameters_free(parameters);
        }
    }

    @Test
    void anUnknownCodecIsNamed() {
        var parameters = avcodec_parameters_alloc();
        var error = assertThrows(
                StageException.class,
                () -> CodecParameters.fill(
                        PacketFormat.of(MediaKind.VIDEO, "h265x").build(), parameters));
        assertTrue(error.getMessage().contains("h265x"));
        avcodec_parameters_free(parameters);
    }

    @Test
    void theUsualLayoutStandsForACountOfChannels() {
        assertEquals("stereo", Formats.usualLayout(2));
        assertEquals("5.1", Formats.usualLayout(6));
        assertEquals(AV_SAMPLE_FMT_FLTP, Formats.sampleFormat(Formats.sampleFormat(AV_SAMPLE_FMT_FLTP)));
    }
}
