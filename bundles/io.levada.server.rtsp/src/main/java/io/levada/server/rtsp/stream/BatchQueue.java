/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jctools.queues.SpscUnboundedArrayQueue;

/**
 * Hands batches and commands, in order, from one thread to an event loop. The producer never waits: beyond the bounds a
 * batch is refused. Commands are always taken.
 */
final class BatchQueue implements Runnable {

    private static final int CHUNK = 256;
    private static final int MOST_BATCHES = 2048;
    private static final long MOST_BYTES = 64L << 20;

    private static final VarHandle SCHEDULED;
    private static final VarHandle BYTES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            SCHEDULED = lookup.findVarHandle(BatchQueue.class, "scheduled", boolean.class);
            BYTES = lookup.findVarHandle(BatchQueue.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SpscUnboundedArrayQueue<Object> queue = new SpscUnboundedArrayQueue<>(CHUNK);
    private final EventLoop loop;
    private final Consumer<RtpBatch> consumer;
    private final Runnable drained;

    @SuppressWarnings("unused") // through SCHEDULED
    private volatile boolean scheduled;

    @SuppressWarnings("unused") // through BYTES
    private volatile long bytes;

    /**
     * @param consumer called on the loop, takes over the batch's reference
     * @param drained called on the loop after a run of batches
     */
    BatchQueue(EventLoop loop, Consumer<RtpBatch> consumer, Runnable drained) {
        this.loop = loop;
        this.consumer = consumer;
        this.drained = drained;
    }

    /** Takes over the batch's reference if it has room; if not, the reference stays the caller's. */
    boolean offer(RtpBatch batch) {
        if (queue.size() >= MOST_BATCHES || (long) BYTES.getOpaque(this) > MOST_BYTES) {
            return false;
        }
        BYTES.getAndAdd(this, (long) batch.bytes());
        queue.offer(batch);
        wake();
        return true;
    }

    /** Runs on the loop after all that was offered before. */
    void command(Runnable command) {
        queue.offer(command);
        wake();
    }

    private void wake() {
        if (SCHEDULED.compareAndSet(this, false, true)) {
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                clear(); // the server has stopped
                SCHEDULED.setVolatile(this, false);
            }
        }
    }

    @Override
    public void run() {
        SCHEDULED.setVolatile(this, false);
        for (Object item = queue.poll(); item != null; item = queue.poll()) {
            if (item instanceof RtpBatch batch) {
                BYTES.getAndAdd(this, -(long) batch.bytes());
                consumer.accept(batch);
            } else {
                ((Runnable) item).run();
            }
        }
        drained.run();
    }

    private void clear() {
        for (Object item = queue.poll(); item != null; item = queue.poll()) {
            if (item instanceof RtpBatch batch) {
                BYTES.getAndAdd(this, -(long) batch.bytes());
                batch.release();
            }
        }
    }
}
