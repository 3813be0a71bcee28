/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Region;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stage takes, as material for {@link StageTck}: for each alternative, every rule is tried. Immutable.
 *
 * <pre>{@code
 * Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12)                     // two alternatives
 * Accepts.video(PixelFormat.YUV420P).joining(Accepts.events())             // frames with the events about them
 * Accepts.stream(format, packets).with(Accepts.audio(SampleFormat.FLTP))   // two tracks
 * }</pre>
 */
public final class Accepts {

    /** How far apart the rounds of built-in material are, in samples. */
    private static final int ROUND = 1000;

    private static final TimeBase VIDEO_TIME = new TimeBase(1, 25);

    /**
     * Makes the samples of a track. A round is an epoch of the source; decoding can start with its first sample, and its
     * times lie behind those of the round before.
     */
    @FunctionalInterface
    public interface Material {

        /**
         * @param round from 0; also the epoch of the stamp
         * @param index from 0 within the round
         * @return a new sample, which the caller releases
         */
        Sample sample(int round, int index) throws Exception;
    }

    /** Samples of one format. */
    record Stream(Format format, Material material) {}

    /** One input: what it carries at first, and what after a change of format. */
    record Input(String name, Stream stream, Stream changed) {}

    /** Inputs that are fed together; the joined ones last. */
    record Scenario(List<Input> inputs, int joined, Map<String, String> parameters, int samples) {

        @Override
        public String toString() {
            return inputs.isEmpty()
                    ? "source " + parameters
                    : String.join(
                            " + ",
                            inputs.stream()
                                    .map(input -> input.stream().format().toString())
                                    .toList());
        }
    }

    private final List<Scenario> scenarios;

    private Accepts(List<Scenario> scenarios) {
        this.scenarios = List.copyOf(scenarios);
    }

    private static Accepts of(List<Stream> streams, Stream changed, String kind) {
        return new Accepts(streams.stream()
                .map(stream -> new Scenario(
                        List.of(new Input("source:" + kind, stream, changed == null ? stream : changed)),
                        0,
                        Map.of(),
                        8))
                .toList());
    }

    /** No input: the stage is a source. */
    public static Accepts nothing() {
        return new Accepts(List.of(new Scenario(List.of(), 0, Map.of(), 8)));
    }

    /** Pictures of each of these formats, 64x48 and then 98x50, with a square that moves. */
    public static Accepts video(PixelFormat... formats) {
        List<Scenario> scenarios = new ArrayList<>();
        for (var pixels : formats) {
            scenarios.addAll(of(List.of(pictures(64, 48, pixels)), pictures(98, 50, pixels), "video").scenarios);
        }
        return new Accepts(scenarios);
    }

    private static Stream pictures(int width, int height, PixelFormat pixels) {
        var format = Frames.format(width, height, pixels);
        return new Stream(format, (round, index) -> Frames.of(format)
                .epoch(round)
                .at((long) round * ROUND + index)
                .square(4 + 4 * index, 8, 16, Color.YELLOW, Color.GRAY));
    }

    /** Tones in each of these formats, 48 kHz stereo and then 44.1 kHz mono, in frames of 1024 samples. */
    public static Accepts audio(SampleFormat... formats) {
        List<Scenario> scenarios = new ArrayList<>();
        for (var samples : formats) {
            scenarios.addAll(of(List.of(tone(48_000, 2, "stereo", samples)), tone(44_100, 1, "mono", samples), "audio")
                    .scenarios);
        }
        return new Accepts(scenarios);
    }

    private static Stream tone(int rate, int channels, String layout, SampleFormat samples) {
        var format =
                AudioFormat.of(rate, channels, samples).channelLayout(layout).build();
        return new Stream(format, (round, index) -> AudioFrames.of(format)
                .epoch(round)
                .at(1024L * (ROUND * round + index))
                .sine(440, 1024));
    }

    /** Events about the pictures of {@link #video}, each with a region. */
    public static Accepts events() {
        var stream = new Stream(new EventFormat(VIDEO_TIME), (round, index) -> Event.about(
                        Stamps.at(Stamps.SOURCE, round, VIDEO_TIME, (long) round * ROUND + index))
                .subject("motion")
                .region(new Region("motion", 0.75, 0.25, 0.25, 0.25, 0.5))
                .put("moving", true)
                .build());
        return of(List.of(stream), null, "data");
    }

    /** Samples of the caller's. */
    public static Accepts stream(Format format, Material material) {
        return of(List.of(new Stream(format, material)), null, format.kind().word());
    }

    /** What the first input carries after a change of format. */
    public Accepts changingTo(Format format, Material material) {
        return new Accepts(scenarios.stream()
                .map(scenario -> {
                    var inputs = new ArrayList<>(scenario.inputs);
                    var first = inputs.get(0);
                    inputs.set(0, new Input(first.name, first.stream, new Stream(format, material)));
                    return new Scenario(inputs, scenario.joined, scenario.parameters, scenario.samples);
                })
                .toList());
    }

    /** Further tracks, interleaved by time. */
    public Accepts with(Accepts... others) {
        return combine(0, others);
    }

    /** Further inputs whose samples come just before the sample that they belong to. */
    public Accepts joining(Accepts... others) {
        return combine(others.length, others);
    }

    private Accepts combine(int joined, Accepts... others) {
        return new Accepts(scenarios.stream()
                .map(scenario -> {
                    var inputs = new ArrayList<>(scenario.inputs);
                    for (var other : others) {
                        var more = other.scenarios.get(0).inputs.get(0);
                        inputs.add(new Input(more.name + inputs.size(), more.stream, more.changed));
                    }
                    return new Scenario(inputs, scenario.joined + joined, scenario.parameters, scenario.samples);
                })
                .toList());
    }

    /** Parameters that the stage needs, as they would stand in a pipeline file. */
    public Accepts parameters(Map<String, String> parameters) {
        return new Accepts(scenarios.stream()
                .map(scenario -> {
                    Map<String, String> all = new HashMap<>(scenario.parameters);
                    all.putAll(parameters);
                    return new Scenario(scenario.inputs, scenario.joined, Map.copyOf(all), scenario.samples);
                })
                .toList());
    }

    /** How many samples of each track a round has; 8 unless said. Enough for the stage to put something out. */
    public Accepts samples(int samples) {
        return new Accepts(scenarios.stream()
                .map(scenario -> new Scenario(scenario.inputs, scenario.joined, scenario.parameters, samples))
                .toList());
    }

    static List<Scenario> scenarios(Accepts... accepts) {
        return Arrays.stream(accepts)
                .flatMap(accept -> accept.scenarios.stream())
                .toList();
    }
}
