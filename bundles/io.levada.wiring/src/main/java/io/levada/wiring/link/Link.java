/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import io.levada.api.media.Chunk;
import io.levada.api.media.Flush;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.MemoryBudget;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.StreamItem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A bounded queue from one output to one consumer. It owns a reference of each sample in it.
 *
 * <p>The producer's thread calls {@link #offer}, {@link #hasRoom} and {@link #watermark(long)}, the consumer's {@link #poll}; the
 * rest may be called from any thread where nothing else is said.
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
    private final boolean timed;
    private final Ring ring;
    private final Overflow overflow = new Overflow();
    /** What the consumer begins with; null when it has taken all of it. */
    private Queue<StreamItem> primed;

    private final Counter samples = new Counter();
    private final Counter droppedFull = new Counter();
    private final Counter droppedToKeyframe = new Counter();
    private final Counter droppedForBudget = new Counter();
    private final Counter droppedUntaken = new Counter();

    private volatile MemoryBudget budget = MemoryBudget.unlimited();

    private volatile boolean deserted;

    @SuppressWarnings("unused") // through QUEUED
    private volatile int queued;

    @SuppressWarnings("unused") // through BYTES
    private volatile long bytes;

    @SuppressWarnings("unused") // through WATERMARK
    private long watermark = Long.MIN_VALUE;

    private volatile Stamp reached;

    private boolean skippingToKeyframe;
    private boolean lost;
    /** Running time of the sample last offered, where there is a limit of time. */
    private volatile long newest;

    private volatile int most;

    private volatile boolean producerWaits;

    /** The consumer has found nothing and is done with what it took before. */
    private volatile boolean consumerIdle;

    /**
     * @param from the output, {@code stage:track}
     * @param to the consuming stage's id, {@code pipeline/stage}; becomes the holder of what is queued
     * @param timed whether the consumer asks for {@link #arrival}
     * @param producer wakes the producer when there is room again
     * @param consumer wakes the consumer when something came
     */
    public Link(String from, String to, Limits limits, boolean timed, Runnable producer, Runnable consumer) {
        this.from = from;
        this.to = to;
        this.limits = limits;
        this.most = limits.samples();
        this.timed = timed;
        this.producer = producer;
        this.consumer = consumer;
        // twice the limit and some: room for tombstones and markers
        int cells = Math.min(MOST_CELLS, Math.max(LEAST_CELLS, 2 * limits.samples() + LEAST_CELLS));
        this.ring = new Ring(Integer.highestOneBit(cells - 1) << 1, timed);
    }

    /** Before the producer knows the link: what it and others may hold together. */
    public Link within(MemoryBudget shared) {
        budget = shared;
        return this;
    }

    /**
     * The consumer does not come back to take anything, or is back. A link without a consumer holds up nobody and keeps nothing.
     * Any thread.
     */
    public void deserted(boolean gone) {
        deserted = gone;
        if (gone) {
            producer.run();
        }
    }

    /**
     * Before the consumer and the producer know the link: puts in what is from before. It counts for no limit, for it is there
     * once. Takes over one reference of a sample.
     */
    public void prime(StreamItem item) {
        if (primed == null) {
            primed = new ArrayDeque<>();
        }
        if (item instanceof Sample sample) {
            samples.increment();
            sample.memory().handOver(to);
        }
        primed.add(item);
    }

    /** Takes over one reference of a sample, or a marker, and wakes the consumer. Never waits. */
    public void offer(StreamItem item) {
        if (item instanceof Sample sample) {
            samples.increment();
            offerSample(sample);
        } else {
            if (item instanceof Flush) {
                reached = null; // of an older epoch
            }
            append(item);
        }
        consumer.run();
    }

    private void offerSample(Sample sample) {
        if (limits.nanos() != Long.MAX_VALUE) {
            newest = sample.stamp().runningTime();
        }
        if (deserted && mayGo(sample)) {
            while (takeBack(droppedUntaken)) {}
            drop(sample, droppedUntaken);
        } else if (limits.policy() == Policy.BLOCK || !mayGo(sample)) {
            count(sample, 1);
            sample.memory().handOver(to);
            append(sample);
        } else if (limits.policy() == Policy.DROP_TO_KEYFRAME) {
            offerOrSkip(sample);
        } else {
            while (full(sample) && takeBack(fullCause())) {}
            appendOrDrop(sample);
        }
    }

    private void offerOrSkip(Sample sample) {
        if (skippingToKeyframe && !sample.keyframe()) {
            drop(sample, droppedToKeyframe);
            return;
        }
        if (full(sample)) {
            if (sample.disposable()) {
                drop(sample, fullCause());
                return;
            }
            if (!sample.keyframe()) {
                skippingToKeyframe = true;
                drop(sample, droppedToKeyframe);
                return;
            }
            while (takeBack(droppedToKeyframe)) {} // older than this keyframe: nothing after it needs them
        }
        boolean needed = !sample.disposable();
        skippingToKeyframe = !appendOrDrop(sample) && needed;
    }

    private boolean appendOrDrop(Sample sample) {
        var marked = lost ? discontinuous(sample) : sample;
        if (!overflow.isEmpty() || !roomInRing()) {
            drop(marked, droppedFull);
            return false;
        }
        count(marked, 1); // before the consumer can see it, so that the count never falls below zero
        marked.memory().handOver(to);
        ring.offer(marked);
        lost = false;
        return true;
    }

    /** Packets say that something is missing before them; the new header takes over the reference. */
    private static Sample discontinuous(Sample sample) {
        return sample instanceof Packet packet && !packet.discontinuity()
                ? packet.toBuilder().discontinuity(true).build()
                : sample;
    }

    /** What the container begins with is as little to be dropped as a marker: without it nothing can be read. */
    private static boolean mayGo(Sample sample) {
        return !(sample instanceof Chunk chunk && chunk.init());
    }

    private void append(StreamItem item) {
        if (overflow.isEmpty() && roomInRing()) {
            ring.offer(item);
        } else {
            overflow.add(item);
        }
    }

    /** Only the producer fills the ring, so that what it finds free stays free. */
    private boolean roomInRing() {
        return ring.hasRoom() || ring.compact();
    }

    private boolean full(Sample incoming) {
        int count = (int) QUEUED.getOpaque(this);
        return count > 0
                && (count >= most()
                        || (long) BYTES.getOpaque(this) + incoming.bytes() > limits.bytes()
                        || overBudget()
                        || tooLong());
    }

    /** Of the latest one waits while the consumer is busy with another; when it is not, there is that other, too. */
    private int most() {
        return limits.policy() == Policy.LATEST && consumerIdle ? limits.samples() + 1 : limits.samples();
    }

    private boolean overBudget() {
        return budget.exceededBy((long) BYTES.getOpaque(this));
    }

    private Counter fullCause() {
        return overBudget() ? droppedForBudget : droppedFull;
    }

    private boolean tooLong() {
        if (limits.nanos() == Long.MAX_VALUE) {
            return false;
        }
        var oldest = ring.oldest();
        return oldest != null && newest - oldest.stamp().runningTime() > limits.nanos();
    }

    private boolean takeBack(Counter cause) {
        var oldest = ring.takeBackOldest(Link::mayGo);
        if (oldest == null) {
            return false;
        }
        count(oldest, -1);
        lost = true;
        cause.increment();
        var before = LeakDetector.enter(to); // whose reference it is
        oldest.release();
        LeakDetector.exit(before);
        return true;
    }

    private void drop(Sample sample, Counter cause) {
        lost = true;
        cause.increment();
        sample.release();
    }

    private void count(Sample sample, int sign) {
        QUEUED.getAndAdd(this, sign);
        BYTES.getAndAdd(this, sign * sample.bytes());
    }

    /**
     * Whether the producer may go on: always, but for a blocking link that is full. When it may not, the producer is woken
     * as soon as it may.
     */
    public boolean hasRoom() {
        if (limits.policy() != Policy.BLOCK || deserted || roomNow()) {
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
        return queued < most && bytes < limits.bytes() && !overBudget() && !tooLong();
    }

    /** The next item, or null; the caller takes over the link's reference of a sample. */
    public StreamItem poll() {
        return primed == null ? pollOffered() : pollPrimed();
    }

    private StreamItem pollPrimed() {
        var item = primed.poll();
        if (primed.isEmpty()) {
            primed = null;
        }
        return item;
    }

    private StreamItem pollOffered() {
        boolean more = !overflow.isEmpty(); // while it holds something nothing more gets into the ring
        var item = ring.poll();
        if (item == null && more) {
            item = overflow.poll();
        }
        if (item instanceof Sample sample) {
            count(sample, -1);
            consumerIdle = false;
        } else if (item == null) {
            consumerIdle = true;
        }
        if (producerWaits && (item == null || queued <= most / 2)) {
            letProducerGoOn();
        }
        return item;
    }

    private void letProducerGoOn() {
        producerWaits = false;
        producer.run();
    }

    /** Consumer: when the item last polled was offered, {@link System#nanoTime}; to its best knowledge unless timed. */
    public long arrival() {
        return timed ? ring.arrival() : System.nanoTime();
    }

    /** Consumer: whether the link holds up its producer, so that nothing more comes before something is taken. */
    public boolean holdsUp() {
        return limits.policy() == Policy.BLOCK && (producerWaits || !roomNow());
    }

    /**
     * Consumer: lets a link that holds up its producer take more, so that what the consumer waits for on another link can
     * come. False when it holds all that it can.
     */
    public boolean widen() {
        if (queued >= most) {
            most = Math.min(limits.widest(), 2 * most);
        }
        if (!roomNow()) {
            return false;
        }
        letProducerGoOn();
        return true;
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

    /** Producer: all results about content up to this moment have been offered. */
    public void reached(Stamp moment) {
        reached = moment;
        watermark(moment.runningTime());
    }

    /** The moment of which that was said last, or null if of none since a flush. Read it before polling. */
    public Stamp reached() {
        return reached;
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

    /** Most samples it takes now: the limit, or more when a join had to widen it. */
    public int capacity() {
        return most;
    }

    public int queued() {
        return queued;
    }

    /** Bytes queued now. */
    public long bytes() {
        return bytes;
    }

    public long samples() {
        return samples.value();
    }

    public long droppedFull() {
        return droppedFull.value();
    }

    /** As all of the pipeline's memory was used up, and this link held more than its share. */
    public long droppedForBudget() {
        return droppedForBudget.value();
    }

    /** As the consumer hangs. */
    public long droppedUntaken() {
        return droppedUntaken.value();
    }

    public long droppedToKeyframe() {
        return droppedToKeyframe.value();
    }
}
