/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What an analyzer found, keyed by the source, epoch and pts of the sample it is about. Made by
 * {@code Event.about(frame).region(...).put("level", 0.5)}. It has no memory; retaining it costs nothing.
 */
public final class Event extends Sample {

    private final String subject;
    private final List<Region> regions;
    private final Map<String, Object> values;

    private Event(Builder builder) {
        super(builder);
        this.subject = builder.subject;
        this.regions = List.copyOf(builder.regions);
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(builder.values));
    }

    /** An event with the times of the given sample. */
    public static Builder about(Sample sample) {
        return new Builder()
                .stamp(sample.stamp())
                .pts(sample.pts())
                .duration(sample.duration())
                .preroll(sample.preroll());
    }

    /** An event about the moment of a stamp, for rows of a batch and results that come later than their picture. */
    public static Builder about(Stamp stamp) {
        return new Builder().stamp(stamp).pts(stamp.pts());
    }

    /** What the event says, such as {@code motion}; the platform fills in the analyzer's stage name when it is empty. */
    public String subject() {
        return subject;
    }

    /** What was found in the picture, best first. */
    public List<Region> regions() {
        return regions;
    }

    /** Further results by name: String, Long, Double or Boolean values, in the order they were put. */
    public Map<String, Object> values() {
        return values;
    }

    /** A numeric value by its name. */
    public OptionalDouble find(String name) {
        return values.get(name) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /**
     * A numeric value by its name.
     *
     * @throws IllegalArgumentException when there is none; the message lists what there is
     */
    public double number(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no number '" + name + "' in " + subject + " event, it has " + values.keySet()));
    }

    @Override
    public SampleType type() {
        return SampleType.EVENT;
    }

    @Override
    public String toString() {
        return "event " + stamp() + " " + subject + " " + regions + " " + values;
    }

    /** Builds events. */
    public static final class Builder extends Sample.Builder<Builder, Event> {

        private String subject = "";
        private final List<Region> regions = new ArrayList<>(4);
        private final Map<String, Object> values = new LinkedHashMap<>();

        private Builder() {
            super(Memory.NONE);
        }

        public Builder subject(String subject) {
            this.subject = Objects.requireNonNull(subject);
            return this;
        }

        /** The subject unless one was set. */
        public Builder defaultSubject(String subject) {
            return this.subject.isEmpty() ? subject(subject) : this;
        }

        public Builder region(Region region) {
            regions.add(Objects.requireNonNull(region));
            return this;
        }

        public Builder put(String name, double value) {
            values.put(name, value);
            return this;
        }

        public Builder put(String name, long value) {
            values.put(name, value);
            return this;
        }

        public Builder put(String name, boolean value) {
            values.put(name, value);
            return this;
        }

        public Builder put(String name, String value) {
            values.put(name, Objects.requireNonNull(value));
            return this;
        }

        @Override
        public Event build() {
            return new Event(this);
        }
    }
}
