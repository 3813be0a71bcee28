/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Packet;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.testkit.AudioFrames;
import io.levada.testkit.Frames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in comes out of a decoder again, under its own stamp, whatever the codec and the form of the frames. */
class EncodedAndDecodedTest {

    private static final int COUNT = 40;
    private static final int WIDTH = 178;
    private static final int HEIGHT = 144;
    private static final double GOOD = 30;

    @ParameterizedTest
    @CsvSource({
        "h264, low", "h264, normal", "libopenh264, low", "hevc, low", "hevc, normal", "h265, low",
        "av1, low", "av1, normal", "libaom-av1, low", "vp9, low", "vp9, normal", "vp8, low",
        "mjpeg, low", "mpeg2video, low", "mpeg2video, normal", "mpeg4, low", "libx264rgb, low"
    })
    void picturesComeBack(String codec, String latency) {
        verifyPictures(PixelFormat.YUV420P, Map.of("codec", codec, "latency", latency));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nv12", "rgb24", "bgra", "gray", "yuv422p", "yuvj420p", "yuv444p"})
    void anyPixelFormatIsConvertedForTheEncoder(String pixels) {
        verifyPictures(PixelFormat.of(pixels), Map.of("codec", "libopenh264", "bitrate", "4M"));
        verifyPictures(PixelFormat.of(pixels), Map.of("codec", "h264", "ffmpeg.pix_fmt", "yuv420p"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vbr", "cbr", "crf"})
    void rateControlIsTaken(String rc) {
        for (var codec : List.of("h264", "hevc", "av1", "vp9", "mpeg2video")) {
            verifyPictures(PixelFormat.YUV420P, Map.of("codec", codec, "rc", rc, "bitrate", "2M"));
        }
    }

    private static void verifyPictures(PixelFormat pixels, Map<String, String> parameters) {
        var format = VideoFormat.of(WIDTH, HEIGHT, pixels)
                .frameRate(new Rational(25, 1))
                .timeBase(TimeBase.RTP_VIDEO)
                .colorRange("tv")
                .build();
        var reference = new HashMap<Long, VideoFrame>();
        var luma = new ArrayList<VideoFrame>();
        var frames = Frames.of(format.toBuilder().timeBase(new TimeBase(1, 25)).build());
        var plain = Frames.of(format.toBuilder()
                .pixelFormat(PixelFormat.YUV420P)
                .timeBase(new TimeBase(1, 25))
                .build());
        for (int i = 0; i < COUNT; i++) {
            int at = i;
            var frame = plain.painted((x, y) -> pattern(x, y, at));
            luma.add(frame);
            reference.put(frame.stamp().pts(), frame);
        }
        var seen = new ArrayList<Double>();
        new RoundTrip(parameters)
                .of(
                        IntStream.range(0, COUNT).mapToObj(i -> frames.painted((x, y) -> pattern(x, y, i))),
                        packets -> verifyOrder(packets, COUNT),
                        decoded -> {
                            var frame = (VideoFrame) decoded;
                            if (frame.format().pixelFormat().luma()) {
                                var original = reference.get(decoded.stamp().pts());
                                seen.add(RoundTrip.psnr(original, frame));
                            } else {
                                seen.add(GOOD);
                            }
                        });
        luma.forEach(Sample::release);
        assertEquals(COUNT, seen.size(), "frames out of " + parameters);
        double worst = seen.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        assertTrue(worst >= GOOD - 6, () -> parameters + " " + pixels + ": " + seen);
    }

    private static int pattern(int x, int y, int time) {
        int value = (int) (128 + 60 * Math.sin((x + 3 * time) / 19.0) + 50 * Math.cos((y - time) / 13.0));
        return value << 16 | value << 8 | value;
    }

    /** Every frame has its packet, in decoding order, with its stamp; the first one is a keyframe. */
    private static void verifyOrder(List<Packet> packets, int count) {
        assertEquals(count, packets.size());
        assertTrue(packets.get(0).keyframe());
        for (int i = 1; i < packets.size(); i++) {
            assertTrue(packets.get(i).dts() > packets.get(i - 1).dts(), "decoding time rises");
        }
        for (var packet : packets) {
            assertTrue(packet.pts() >= packet.dts(), packet::toString);
        }
        var stamps = packets.stream().map(Sample::stamp).map(Stamp::pts).collect(Collectors.toSet());
        assertEquals(count, stamps.size(), "each packet has a stamp of its own");
    }

    @ParameterizedTest
    @CsvSource({
        "aac, 48000, 2, FLTP",
        "aac, 44100, 1, S16",
        "opus, 48000, 2, FLTP",
        "opus, 44100, 2, S16P",
        "opus, 16000, 1, FLT",
        "mp3, 48000, 2, S16",
        "mp3, 22050, 1, FLTP",
        "flac, 48000, 2, S16",
        "pcm_mulaw, 8000, 1, S16",
        "g711a, 48000, 2, FLTP",
        "ac3, 48000, 6, FLTP",
        "aac, 48000, 6, FLTP",
        "libmp3lame, 48000, 6, DBLP"
    })
    void soundComesBack(String codec, int rate, int channels, SampleFormat sampleFormat) {
        var format = AudioFormat.of(rate, channels, sampleFormat)
                .channelLayout(channels == 6 ? "5.1" : channels == 2 ? "stereo" : "mono")
                .build();
        verifySound(format, Map.of("codec", codec));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aac", "opus", "mp3"})
    void coarseTicksOfAContainerDoNotMakeTheSoundJitter(String codec) {
        var format = AudioFormat.of(48_000, 2, SampleFormat.FLTP)
                .channelLayout("stereo")
                .timeBase(TimeBase.MILLIS)
                .build();
        verifySound(format, Map.of("codec", codec));
    }

    private static void verifySound(AudioFormat format, Map<String, String> parameters) {
        var frames = AudioFrames.of(format);
        var strengths = new ArrayList<Double>();
        var samples = new long[1];
        Stream<AudioFrame> tones = IntStream.range(0, COUNT).mapToObj(i -> frames.sine(440, 700));
        new RoundTrip(parameters)
                .of(
                        tones,
                        packets -> {
                            for (int i = 1; i < packets.size(); i++) {
                                var before = packets.get(i - 1);
                                assertEquals(
                                        before.pts() + before.duration(),
                                        packets.get(i).pts(),
                                        "no hole, no overlap");
                                assertTrue(packets.get(i).stamp().pts()
                                        >= before.stamp().pts());
                            }
                        },
                        decoded -> {
                            var sound = (AudioFrame) decoded;
                            samples[0] += sound.samples()
                                    * (long) format.sampleRate()
                                    / sound.format().sampleRate();
                            if (sound.format().sampleFormat() == SampleFormat.FLTP && sound.samples() > 500) {
                                strengths.add(RoundTrip.strength(sound, 440));
                            }
                        });
        assertTrue(samples[0] >= COUNT * 700 * 0.99, () -> samples[0] + " samples of " + COUNT * 700);
        strengths.stream().skip(4).limit(10).forEach(strength -> assertEquals(0.5, strength, 0.2));
    }
}
