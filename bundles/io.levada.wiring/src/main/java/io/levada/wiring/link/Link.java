/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * A bounded queue from one output to one consumer. It owns a reference of each sample in it.
 *
 * <p>The producer's thread calls {@link #offer}, {@link #hasRoom} and {@link #watermark(long)}, the consumer's {@link #poll};
 * everything else may be called from any thread.
 */
public final class Link {

    private static final VarHandle QUEUED;
    private static final VarHandle BYTES;
    private static final VarHandle WATERMARK;

    static {
        try {
            var lookup = MethodHandles.lookup();
            QUEUED = lookup.findVarHandle(Link.class, "queued", int.class);
            BYTES = lookup.findVarHandle(Link.class, "bytes", long.class);
            WATERMARK = lookup.findVarHandle(Link.class, "watermark", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int LEAST_CELLS = 16;
    private static final int MOST_CELLS = 4096;

    private final String from;
    private final String to;
    private final Limits limits;
    private final Runnable producer;
    private final Runnable consumer;
    private final Ring ring;
    /** What the ring had no cell for: markers, and whatever one call emitted beyond the limit of a blocking link. */
    private final ArrayDeque<StreamItem> overflow = new ArrayDeque<>();

    private final Counter samples = new Counter();
    private final Counter droppedFull = new Counter();
    private final Counter droppedToKeyframe = new Counter();

    @SuppressWarnings("unused") // through QUEUED
    private volatile int queued;

    @SuppressWarnings("unused") // through BYTES
    private volatile long bytes;

    @SuppressWarnings("unused") // through WATERMARK
    private long watermark = Long.MIN_VALUE;

    private boolean skippingToKeyframe;
    private boolean lost;
    private volatile boolean producerWaits;
    private volatile boolean closed;

    /**
     * @param from the output, {@code stage:track}
     * @param to the consuming stage's id, {@code pipeline/stage}; becomes the holder of what is queued
     * @param producer wakes the producer when there is room again
     * @param consumer wakes the consumer when something came
     */
    public Link(String from, String to, Limits limits, Runnable producer, Runnable consumer) {
        this.from = from;
        this.to = to;
        this.limits = limits;
        this.producer = producer;
        this.consumer = consumer;
        // twice the limit and some: room for tombstones and markers
        int cells = Math.min(MOST_CELLS, Math.max(LEAST_CELLS, 2 * limits.samples() + LEAST_CELLS));
        this.ring = new Ring(Integer.highestOneBit(cells - 1) << 1);
    }

    /** Takes over one reference of a sample, or a marker, and wakes the consumer. Never waits. */
    public void offer(StreamItem item) {
        if (closed) {
            if (item instanceof Sample sample) {
                sample.release();
            }
            return;
        }
        drainOverflow();
        if (item instanceof Sample sample) {
            samples.increment();
            offerSample(sample);
        } else {
            append(item);
        }
        consumer.run();
    }

    private void offerSample(Sample sample) {
        sample.memory().handOver(to);
        switch (limits.policy()) {
            case BLOCK -> append(sample);
            case LATEST, DROP_OLDEST -> {
                while (full(sample) && takeBack(droppedFull)) {}
                appendOrDrop(sample);
            }
            case DROP_TO_KEYFRAME -> offerOrSkip(sample);
        }
    }

    private void offerOrSkip(Sample sample) {
        if (skippingToKeyframe && !sample.keyframe()) {
            drop(sample, droppedToKeyframe);
            return;
        }
        if (full(sample)) {
            if (sample.disposable()) {
                drop(sample, droppedFull);
                return;
            }
            if (!sample.keyframe()) {
                skippingToKeyframe = true;
                drop(sample, droppedToKeyframe);
                return;
            }
            while (takeBack(droppedToKeyframe)) {} // older than this keyframe: nothing after it needs them
        }
        skippingToKeyframe = false;
        appendOrDrop(sample);
    }

    private void appendOrDrop(Sample sample) {
        var marked = lost && sample instanceof Packet packet ? discontinuous(packet) : sample;
        count(marked, 1); // before the consumer can see it, so that the count never falls below zero
        if (overflow.isEmpty() && ring.offer(marked)) {
            lost = false;
        } else {
            count(marked, -1);
            drop(marked, droppedFull);
        }
    }

    private static Packet discontinuous(Packet packet) {
        return packet.toBuilder().discontinuity(true).build(); // takes over the reference
    }

    private void append(StreamItem item) {
        if (item instanceof Sample sample) {
            count(sample, 1);
        }
        if (!overflow.isEmpty() || !ring.offer(item)) {
            overflow.add(item);
        }
    }

    private void drainOverflow() {
        while (!overflow.isEmpty() && ring.offer(overflow.peek())) {
            overflow.remove();
        }
    }

    private boolean full(Sample newest) {
        int count = (int) QUEUED.getOpaque(this);
        if (count == 0) {
            return false;
        }
        if (count >= limits.samples() || (long) BYTES.getOpaque(this) + newest.bytes() > limits.bytes()) {
            return true;
        }
        var oldest = ring.oldest();
        return oldest != null && newest.stamp().captured() - oldest.stamp().captured() > limits.nanos();
    }

    private boolean takeBack(Counter cause) {
        var oldest = ring.takeBackOldest();
        if (oldest == null) {
            return false;
        }
        count(oldest, -1);
        oldest.release();
        cause.increment();
        lost = true;
        return true;
    }

    private void drop(Sample sample, Counter cause) {
        lost = true;
        sample.release();
        cause.increment();
    }

    private void count(Sample sample, int sign) {
        QUEUED.getAndAdd(this, sign);
        BYTES.getAndAdd(this, sign * sample.bytes());
    }

    /**
     * Whether the producer may go on: always, but for a blocking link that is full or has something left over. When it may
     * not, the producer is woken as soon as it may.
     */
    public boolean hasRoom() {
        if (limits.policy() != Policy.BLOCK || closed) {
            return true;
        }
        drainOverflow();
        if (roomNow()) {
            return true;
        }
        producerWaits = true;
        if (roomNow()) { // the consumer may have taken the last before it saw that we wait
            producerWaits = false;
            return true;
        }
        return false;
    }

    private boolean roomNow() {
        return overflow.isEmpty() && queued < limits.samples() && bytes < limits.bytes();
    }

    /** The next item, or null; the caller takes over the link's reference of a sample. */
    public StreamItem poll() {
        var item = ring.poll();
        if (item instanceof Sample sample) {
            count(sample, -1);
        }
        if (producerWaits && (item == null || queued <= limits.samples() / 2)) {
            producerWaits = false;
            producer.run();
        }
        return item;
    }

    public boolean isEmpty() {
        return ring.isEmpty();
    }

    /** Whether a blocking link has reached its limit, so that nothing more comes before something is taken. */
    public boolean full() {
        return limits.policy() == Policy.BLOCK && queued >= limits.samples();
    }

    /** All results about content up to this running time have been offered. */
    public void watermark(long runningTime) {
        if (runningTime > (long) WATERMARK.getOpaque(this)) {
            WATERMARK.setRelease(this, runningTime);
            consumer.run();
        }
    }

    /** Read it before polling: what it covers is then in the queue. */
    public long watermark() {
        return (long) WATERMARK.getAcquire(this);
    }

    /** Takes the link out of use: what is queued is released by the consumer's thread, what is offered later at once. */
    public void close() {
        closed = true;
    }

    /** Consumer, after {@link #close}: releases what is left. */
    public void clear() {
        for (StreamItem item = ring.poll(); item != null; item = ring.poll()) {
            if (item instanceof Sample sample) {
                count(sample, -1);
                sample.release();
            }
        }
    }

    /** Producer, after {@link #close}: releases what did not fit into the ring. */
    public void clearOverflow() {
        for (var item : overflow) {
            if (item instanceof Sample sample) {
                count(sample, -1);
                sample.release();
            }
        }
        overflow.clear();
    }

    public String from() {
        return from;
    }

    public String to() {
        return to;
    }

    public Limits limits() {
        return limits;
    }

    public int queued() {
        return queued;
    }

    public long samples() {
        return samples.value();
    }

    public long droppedFull() {
        return droppedFull.value();
    }

    public long droppedToKeyframe() {
        return droppedToKeyframe.value();
    }
}
