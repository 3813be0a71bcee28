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
import io.levada.api.media.Stamp;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Output;
import io.levada.wiring.link.Counter;
import io.levada.wiring.link.Link;
import io.levada.wiring.type.Port;
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
    private volatile boolean announced;
    private volatile Link[] links = NONE;
    private final GopCache gop = new GopCache();
    private boolean ended;
    private int epoch;
    /** Producer: another instance has not told yet whether it has this track. */
    private boolean expected;

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

    /** Whether the consumers have heard of it; any thread. */
    boolean announced() {
        return announced;
    }

    boolean live() {
        return node.live();
    }

    long samples() {
        return samples.value();
    }

    /** Producer: another instance takes over. */
    void expect() {
        expected = format != null && !ended;
    }

    boolean expected() {
        return expected;
    }

    @Override
    public void format(Format newer) {
        expected = false;
        if (newer.equals(format) && !ended) {
            return;
        }
        // not under the track's lock: who connects has locked the topology before
        if (format == null) {
            put(newer);
            node.announce(this);
            announced = true;
        } else if (Port.of(newer).memoryMeets(Port.of(format))) {
            put(newer);
        } else {
            node.transfers().move(this, newer);
        }
    }

    /** Consumers that are linked get it next. */
    synchronized void put(Format newer) {
        if (name.isEmpty()) {
            name = newer.kind().word();
        }
        format = newer;
        ended = false;
        gop.format(newer);
        send(newer);
    }

    /**
     * A consumer joins at a sample boundary; any thread. It begins with the format and, where a decoder could not begin with
     * the next packet, with the group of pictures that is on its way.
     */
    synchronized void connect(Link link) {
        link.prime(format);
        gop.replay(link);
        if (ended) {
            link.prime(End.END);
        }
        var more = Arrays.copyOf(links, links.length + 1);
        more[links.length] = link;
        links = more;
    }

    /** A consumer leaves at a sample boundary; any thread. The last that comes on the link is an End. */
    synchronized void disconnect(Link link) {
        var fewer = Arrays.stream(links).filter(other -> other != link).toArray(Link[]::new);
        if (fewer.length < links.length) {
            links = fewer;
            link.offer(End.END);
        }
    }

    /**
     * The lock is the track's own: consumers come and go at a boundary between two samples, so that none is lost or comes
     * twice when they change places.
     */
    @Override
    public synchronized void emit(Sample sample) {
        if (format == null) {
            sample.release();
            throw new IllegalStateException("emitted a sample before its format");
        }
        samples.increment();
        sample.memory().charge(node.budget());
        node.emitted(sample, format.timeBase());
        epoch = sample.stamp().epoch();
        gop.add(sample);
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
    public void answered(Stamp moment) {
        reached(moment);
    }

    @Override
    public synchronized void gap(Gap gap) {
        send(gap);
    }

    @Override
    public synchronized void flush(int epoch) {
        gop.clear();
        send(new Flush(epoch));
    }

    /** Nothing comes for a while, and what came before is of no use to who begins after that. */
    void rest() {
        flush(epoch);
    }

    @Override
    public synchronized void end() {
        expected = false;
        gop.clear();
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

    /** The same, of this moment. */
    void reached(Stamp moment) {
        for (var link : links) {
            link.reached(moment);
        }
    }

    /** Any thread: a picture of the links. */
    Link[] links() {
        return links;
    }
}
