/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Request;
import io.levada.wiring.definition.Reference;
import io.levada.wiring.link.Policy;
import io.levada.wiring.type.Port;

/**
 * What a consumer wants of a producer: one entry of its {@code from}.
 *
 * @param index of the entry
 */
record Subscription(StageNode consumer, Producer producer, Reference reference, int index) implements Upstream {

    /** Whether it is known which tracks the consumer takes, or nobody waits to know it; any thread. */
    boolean decided() {
        return foreign() || consumer.ports().decided();
    }

    /** Whether the producer is in another pipeline. */
    boolean foreign() {
        return reference.pipeline().isPresent();
    }

    /** What comes from another pipeline comes at its pace, unless the link may hold that one up. */
    @Override
    public boolean live() {
        boolean paced =
                foreign() && !Policy.BLOCK.word().equals(reference.settings().get("policy"));
        return paced || producer.live();
    }

    @Override
    public boolean running() {
        return producer.running();
    }

    @Override
    public boolean asleep() {
        return producer.asleep();
    }

    @Override
    public void request(Request request) {
        producer.request(request);
    }

    /** The producer has a new track; called on any thread that holds the lock of the topology. */
    void offer(OutputTrack track) {
        boolean named = reference.track().isPresent();
        if (named && !reference.track().get().equals(track.name())) {
            return;
        }
        var port = Port.of(track.format());
        var acceptance = consumer.ports().acceptance();
        switch (acceptance.way(index, port)) {
            case DIRECT -> {
                if (acceptance.open(index, port)) { // before it is linked, so that nothing passes by that it may need
                    track.node().transfers().reserve(track, this);
                }
                consumer.ports().connect(this, track);
            }
            case OVER -> {
                if (!consumer.transfer() && !offerAsItWas(track)) {
                    track.node().transfers().offer(track, this);
                }
            }
            case NONE -> {
                if (named && !foreign()) { // what is elsewhere may be changed to fit
                    consumer.misfit(reference + " carries " + port + ", "
                            + consumer.definition().type() + " takes " + acceptance.words(index));
                }
            }
        }
    }

    /**
     * Offers what the producer itself puts out, where the track is what that was brought over to, for somebody who is not at work
     * any more, and who is takes it directly: it need not be brought back.
     */
    private boolean offerAsItWas(OutputTrack brought) {
        var own = producer.tracks();
        if (own.contains(brought)) {
            return false;
        }
        for (var track : own) {
            if (track.format() != null
                    && reference.track().map(track.name()::equals).orElse(true)
                    && consumer.ports().acceptance().way(index, Port.of(track.format())) == Way.DIRECT) {
                offer(track);
                return true;
            }
        }
        return false;
    }
}
