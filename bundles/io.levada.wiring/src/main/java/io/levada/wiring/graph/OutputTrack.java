/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Marker;
import io.levada.api.media.Sample;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Output;
import io.levada.wiring.link.Counter;
import io.levada.wiring.link.Link;
import java.util.Arrays;

/**
 * One track that a node puts out, and the links it feeds. It outlives the stage instances that write to it, so that consumers
 * stay linked. Used on the producer's thread, but where it says so;
 * the lock guards the set of links against formats, which are rare.
 */
final class OutputTrack implements Output, EventSink {

    private static final Link[] NONE = {};

    private final Node node;
    private final Counter samples = new Counter();
    private volatile String name;
    private volatile Format format;
    private volatile Link[] links = NONE;
    private boolean ended;

    /** @param name empty when it is to be named after the kind of its format */
    OutputTrack(Node node, String name) {
        this.node = node;
        this.name = name;
    }

    Node node() {
        return node;
    }

    /** Any thread. */
    String name() {
        return name;
    }

    /** Any thread; null before the first. */
    Format format() {
        return format;
    }

    boolean live() {
        return node.live();
    }

    long samples() {
        return samples.value();
    }

    @Override
    public void format(Format newer) {
        if (newer.equals(format) && !ended) {
            return;
        }
        boolean first = format == null;
        synchronized (this) {
            if (name.isEmpty()) {
                name = newer.kind().word();
            }
            format = newer;
            ended = false;
            send(newer);
        }
        if (first) {
            node.announce(this); // not under the lock: who connects has locked the consumer's ports before
        }
    }

    /**
     * A consumer joins; any thread. What it must know is in the link before the producer can put samples there.
     */
    synchronized void connect(Link link) {
        link.offer(format);
        if (ended) {
            link.offer(End.END);
        }
        var more = Arrays.copyOf(links, links.length + 1);
        more[links.length] = link;
        links = more;
    }

    @Override
    public void emit(Sample sample) {
        if (format == null) {
            sample.release();
            throw new IllegalStateException("emitted a sample before its format");
        }
        samples.increment();
        node.emitted(sample);
        var consumers = links;
        if (consumers.length == 0) {
            sample.release();
            return;
        }
        for (int i = 1; i < consumers.length; i++) {
            sample.retain();
        }
        for (var consumer : consumers) {
            consumer.offer(sample);
        }
    }

    @Override
    public void emit(Event.Builder event) {
        emit(event.defaultSubject(node.name()).build());
    }

    @Override
    public void gap(Gap gap) {
        send(gap);
    }

    @Override
    public void flush(int epoch) {
        send(new Flush(epoch));
    }

    @Override
    public synchronized void end() {
        if (!ended && format != null) {
            ended = true;
            send(End.END);
        }
    }

    private void send(Marker marker) {
        for (var link : links) {
            link.offer(marker);
        }
    }

    @Override
    public boolean wanted() {
        return links.length > 0;
    }

    /** Whether every consumer that may not lose anything is there and has room. */
    boolean hasRoom() {
        boolean room = !node.awaited();
        for (var link : links) {
            room &= link.hasRoom();
        }
        return room;
    }

    /** All about content up to this running time has been emitted. */
    void watermark(long runningTime) {
        for (var link : links) {
            link.watermark(runningTime);
        }
    }

    /** Any thread: a picture of the links. */
    Link[] links() {
        return links;
    }
}
