/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.Chunk;
import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Marker;
import io.levada.api.media.Memory;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.media.Tensor;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import java.util.ArrayList;
import java.util.List;

/** One output track of a stage under test: takes what it puts out, watches the contract, and keeps it for the test. */
public final class Track implements Output {

    private final String name;
    private final Platform platform;
    private final List<StreamItem> items = new ArrayList<>();
    private final List<Long> fingerprints = new ArrayList<>();
    private Format format;
    private boolean ended;
    private boolean closing;
    private boolean wanted = true;

    Track(String name, Platform platform) {
        this.name = name;
        this.platform = platform;
    }

    public String name() {
        return name;
    }

    /** Says whether anybody consumes the track; true at first. */
    public void wanted(boolean wanted) {
        this.wanted = wanted;
    }

    @Override
    public boolean wanted() {
        return wanted;
    }

    @Override
    public void format(Format format) {
        usable("announced a format");
        if (format == null) {
            throw platform.broken("a format is never null");
        }
        if (!format.equals(this.format)) {
            this.format = format;
            items.add(format);
        }
    }

    @Override
    public void emit(Sample sample) {
        usable("emitted a sample");
        if (sample == null) {
            throw platform.broken("an emitted sample is never null");
        }
        if (format == null) {
            throw platform.broken("Output.format is required before the first sample, but " + sample + " came first");
        }
        if (sample.memory() != Memory.NONE && sample.memory().references() < 1) {
            throw platform.broken(
                    "emit takes over a reference, but " + sample + " had none left (retain() what is passed on)");
        }
        check(sample);
        sample.memory().handOver(platform.collector());
        items.add(sample);
        fingerprints.add(Fingerprint.of(sample.memory()));
    }

    /** A sample says the same as the format before it. */
    private void check(Sample sample) {
        if (sample.type() != format.type()) {
            throw platform.broken("the track's format is " + format + ", so it can't carry " + sample);
        }
        Format own = formatOf(sample);
        if (own != null && !own.equals(format)) {
            throw platform.broken("the track's format is " + format + ", but a sample of another came: " + sample);
        }
    }

    /** The format that a sample carries itself, or null. */
    static Format formatOf(Sample sample) {
        if (sample instanceof VideoFrame frame) {
            return frame.format();
        }
        if (sample instanceof AudioFrame frame) {
            return frame.format();
        }
        return sample instanceof Tensor tensor ? tensor.format() : null;
    }

    @Override
    public void gap(Gap gap) {
        usable("sent a gap");
        items.add(gap);
    }

    @Override
    public void flush(int epoch) {
        usable("sent a flush");
        items.add(new Flush(epoch));
    }

    @Override
    public void end() {
        usable("ended the track");
        ended = true;
        items.add(End.END);
    }

    private void usable(String what) {
        if (!platform.calling()) {
            throw platform.broken("an output is used only during a call of the platform, but the stage " + what
                    + " on track " + name + " outside of one");
        }
        if (closing) {
            throw platform.broken(
                    "close gives back, drain emits; but the stage " + what + " on track " + name + " in its close");
        }
        if (ended) {
            throw platform.broken("the stage " + what + " on track " + name + " after its end");
        }
    }

    /** The platform's part, which no call of the stage is behind. */
    void mark(Marker marker) {
        items.add(marker);
    }

    /** From here on nothing may come. */
    void closing() {
        closing = true;
    }

    /** Everything in order. */
    public Collected<StreamItem> items() {
        return of("item", StreamItem.class);
    }

    public Collected<Sample> samples() {
        return of("sample", Sample.class);
    }

    public Collected<VideoFrame> frames() {
        return of("video frame", VideoFrame.class);
    }

    public Collected<AudioFrame> audio() {
        return of("audio frame", AudioFrame.class);
    }

    public Collected<Packet> packets() {
        return of("packet", Packet.class);
    }

    public Collected<Chunk> chunks() {
        return of("chunk", Chunk.class);
    }

    public Collected<Tensor> tensors() {
        return of("tensor", Tensor.class);
    }

    public Collected<Event> events() {
        return of("event", Event.class);
    }

    public Collected<Format> formats() {
        return of("format", Format.class);
    }

    /** Formats, gaps, flushes and ends. */
    public Collected<Marker> markers() {
        return of("marker", Marker.class);
    }

    private <T> Collected<T> of(String what, Class<T> type) {
        return new Collected<>(
                what, items.stream().filter(type::isInstance).map(type::cast).toList());
    }

    /** Releases what was collected, having seen that nobody wrote into it since it was emitted. */
    void clear() {
        String before = LeakDetector.enter(platform.collector());
        try {
            release(samples().list());
        } finally {
            LeakDetector.exit(before);
        }
        items.clear();
        fingerprints.clear();
    }

    private void release(List<Sample> samples) {
        for (int i = 0; i < samples.size(); i++) {
            var sample = samples.get(i);
            if (sample.memory() != Memory.NONE && sample.memory().references() > 0) {
                if (Fingerprint.of(sample.memory()) != fingerprints.get(i)) {
                    platform.broken("what was emitted is read-only, but the content of " + sample + " changed later");
                }
                sample.release();
            } else if (sample.memory() != Memory.NONE) {
                platform.broken("an emitted sample belongs to its consumers, but " + sample
                        + " was released behind their back");
            }
        }
    }
}
