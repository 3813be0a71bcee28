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
    private volatile boolean superseded;
    private volatile InputPort predecessor;
    private boolean successor;
    private long last = Long.MIN_VALUE;
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

    /** The port takes the place of another, with content that goes on from there. Before it is read. */
    void succeed(InputPort before) {
        predecessor = before;
    }

    private void inherit() {
        var before = predecessor;
        if (before != null) {
            predecessor = null;
            last = before.last;
            if (before.format != null) {
                format(before.format);
                successor = true;
            }
        }
    }

    /** Whether a sample has come already, as when a stage that was put in upstream had to catch up. */
    boolean repeats(Sample sample) {
        long time = order(sample);
        boolean repeats = sample.preroll() && time <= last;
        last = Math.max(last, time);
        return repeats;
    }

    /** Whether the first format that comes is what it was at the port before; asked once for each format. */
    boolean succeeds(Format first) {
        inherit();
        boolean same = successor && first.equals(format);
        successor = false;
        return same;
    }

    /** Another port is to take this one's place, once the End has come that is on its way. Any thread. */
    void supersede() {
        superseded = true;
    }

    boolean superseded() {
        return superseded;
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
        return !ended && producer.running() && !producer.asleep();
    }

    /** Whether what it takes from sleeps. */
    boolean asleep() {
        return producer.asleep();
    }

    /** What it takes from. */
    Upstream producer() {
        return producer;
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
