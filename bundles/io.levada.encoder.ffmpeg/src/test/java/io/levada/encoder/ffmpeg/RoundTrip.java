/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.media.VideoFrame;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.testkit.StageHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Encodes frames and decodes them again. */
final class RoundTrip {

    final List<StreamItem> encoded = new ArrayList<>();
    final List<Packet> packets = new ArrayList<>();

    private final Map<String, String> parameters;

    RoundTrip(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /** The packets are looked at while they are held, and the decoded samples likewise. */
    void of(Stream<? extends Sample> frames, Consumer<List<Packet>> check, Consumer<Sample> decoded) {
        try (var encoder = StageHarness.of(new FFmpegEncoder(), parameters)) {
            frames.forEach(encoder::feed);
            encoder.drain();
            encoder.packets().forEach(packets::add);
            check.accept(packets);
            try (var decoder = StageHarness.of(new FFmpegDecoder())) {
                decoder.feed(encoder.formats().single());
                for (var packet : packets) {
                    packet.retain();
                    decoder.feed(packet);
                    decoder.samples().forEach(decoded);
                    decoder.clear();
                }
                decoder.drain();
                decoder.samples().forEach(decoded);
            }
        }
    }

    /** Peak signal to noise ratio of the luma, in decibels. */
    static double psnr(VideoFrame one, VideoFrame other) {
        double sum = 0;
        for (int y = 0; y < one.height(); y++) {
            for (int x = 0; x < one.width(); x++) {
                int difference = (one.plane(0).get(y * one.stride(0) + x) & 0xFF)
                        - (other.plane(0).get(y * other.stride(0) + x) & 0xFF);
                sum += difference * difference;
            }
        }
        double mean = sum / (one.width() * one.height());
        return mean == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(255 * 255 / mean);
    }

    /** The strength of a frequency in the first channel of planar floats, 0 to 1. */
    static double strength(AudioFrame frame, double hertz) {
        double real = 0;
        double imaginary = 0;
        for (int i = 0; i < frame.samples(); i++) {
            double angle = 2 * Math.PI * hertz * i / frame.format().sampleRate();
            double value = frame.plane(0).getFloat(i * Float.BYTES);
            real += value * Math.cos(angle);
            imaginary += value * Math.sin(angle);
        }
        return 2 * Math.hypot(real, imaginary) / frame.samples();
    }
}
