/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import io.levada.wiring.link.Link;
import java.util.Optional;

/** An input of a node: the link behind it and the item that is next. Used by the node's turn alone, but where it says so. */
final class InputPort implements Input {

    private final int index;
    private final int reference;
    private final Upstream producer;
    private final Link link;

    private volatile Format format;
    private MediaKind kind = MediaKind.DATA;
    private StreamItem pending;
    private long arrival;
    private long coveredUntil = Long.MIN_VALUE;
    private boolean ended;

    /**
     * @param index among the stage's inputs
     * @param reference which entry of {@code from} it belongs to
     */
    InputPort(int index, int reference, Upstream producer, Link link) {
        this.index = index;
        this.reference = reference;
        this.producer = producer;
        this.link = link;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int reference() {
        return reference;
    }

    @Override
    public String name() {
        return link.from();
    }

    @Override
    public Optional<Format> format() {
        return Optional.ofNullable(format);
    }

    /** The same without the wrapping: null before the first. */
    Format current() {
        return format;
    }

    /** A format opens a track, also one that had ended. */
    void format(Format format) {
        this.format = format;
        this.kind = format.kind();
        this.ended = false;
    }

    /** Nothing comes for this stretch. */
    void gap(Gap gap) {
        coveredUntil = format.timeBase().toNanos(gap.pts() + gap.duration());
    }

    /** Whether it is known that nothing comes before this time, in the terms of {@link #order}. */
    boolean coveredUntil(long time) {
        return coveredUntil > time;
    }

    /** The kind of content, once the format is known. */
    MediaKind kind() {
        return kind;
    }

    @Override
    public boolean live() {
        return producer.live();
    }

    /** Any thread. */
    @Override
    public void request(Request request) {
        producer.request(request);
    }

    /** Whether results can be expected on it. */
    boolean producing() {
        return !ended && producer.running();
    }

    Link link() {
        return link;
    }

    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** The next item without taking it, or null. */
    StreamItem peek() {
        if (pending == null) {
            pending = link.poll();
            if (pending != null) {
                arrival = link.arrival();
            }
        }
        return pending;
    }

    /** When the next item came, or the one before it if there is none yet; {@link System#nanoTime}. */
    long arrival() {
        return arrival;
    }

    /** Takes what {@link #peek} showed; the caller owns the reference. */
    StreamItem take() {
        var item = pending;
        pending = null;
        return item;
    }

    /** Releases all that is queued; formats that pass by are remembered. */
    void discard() {
        for (var item = peek(); item != null; item = peek()) {
            take();
            if (item instanceof Sample sample) {
                sample.release();
            } else if (item instanceof Format newer) {
                format(newer);
            } else if (item instanceof End) {
                ended = true;
            }
        }
    }

    /** The time by which items of several inputs are put in order: nanoseconds of decoding time. */
    long order(Sample sample) {
        long ticks = sample instanceof Packet packet && packet.dts() != Sample.NO_TIME ? packet.dts() : sample.pts();
        var current = format;
        return ticks == Sample.NO_TIME || current == null
                ? sample.stamp().runningTime()
                : current.timeBase().toNanos(ticks);
    }
}
