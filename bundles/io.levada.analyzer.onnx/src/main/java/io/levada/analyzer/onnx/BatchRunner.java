/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers rows of any stages into batches and runs them one after the other, on a thread of its own. A batch runs once it is
 * full, or every stage has a row in it, or its first row has waited long enough; while one runs the next fills.
 */
final class BatchRunner {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

    private final String name;
    private final Sessions sessions;
    private final Device device;
    private final Staging staging;
    private final int capacity;
    private final int fixedRows;
    private final int rowBytes;
    private final long[] rowShape;
    private final Figures figures;
    private final Runnable ended;

    /** Of nobody else: the stages of all pipelines that use the model come together here. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<Batch> queued = new ArrayDeque<>();
    private final Deque<Batch> idle = new ArrayDeque<>();
    private int stages;
    private boolean closing;
    private volatile boolean running;
    private volatile long began;

    /**
     * @param capacity the most rows of a batch
     * @param fixedRows what the model wants, however few there are; 0 for any number
     * @param rowShape the input's shape of one row, with the batch's dimension first
     * @param ended when it has ended, on its thread
     */
    BatchRunner(
            String name,
            Sessions sessions,
            Device device,
            Staging staging,
            int capacity,
            int fixedRows,
            int rowBytes,
            long[] rowShape,
            Figures figures,
            Runnable ended) {
        this.name = name;
        this.sessions = sessions;
        this.device = device;
        this.staging = staging;
        this.capacity = fixedRows > 0 ? fixedRows : capacity;
        this.fixedRows = fixedRows;
        this.rowBytes = rowBytes;
        this.rowShape = rowShape.clone();
        this.figures = figures;
        this.ended = ended;
        var thread = new Thread(this::run, "levada-onnx-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** How many rows one stage may have at a time: enough to fill the next batch while one runs. */
    int share(int users) {
        return Math.max(2, (2 * capacity + users - 1) / Math.max(1, users));
    }

    /** A stage comes or goes: how many a batch can wait for. */
    void stages(int count) {
        lock.lock();
        try {
            stages = count;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A place in the next batch; whoever gets it fills it and commits it, or forgets it.
     *
     * @param wait for how long others may be waited for, in nanoseconds
     * @param done is run when the answer is there, on the runner's thread
     * @return empty once it is closing
     */
    Optional<Row> claim(long wait, Runnable done) {
        lock.lock();
        try {
            if (closing) {
                return Optional.empty();
            }
            var batch = queued.peekLast();
            long deadline = System.nanoTime() + wait;
            if (batch == null || batch.rows.size() == capacity) {
                batch = idle.isEmpty() ? new Batch(this, capacity, rowBytes) : idle.pop();
                batch.deadline = deadline;
                queued.addLast(batch);
            } else if (deadline - batch.deadline < 0) {
                batch.deadline = deadline;
            }
            var row = new Row(batch, batch.rows.size(), done);
            batch.rows.add(row);
            figures.queue(1);
            return Optional.of(row);
        } finally {
            lock.unlock();
        }
    }

    void committed(Batch batch) {
        lock.lock();
        try {
            batch.committed++;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits for the row's answer any more. */
    void forget(Row row) {
        lock.lock();
        try {
            row.forgotten();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (var batch = next(); batch != null; batch = next()) {
                run(batch);
            }
        } finally {
            idle.forEach(Batch::close);
            ended.run();
        }
    }

    /** Waits for a batch to be ready; null when there is nothing more to come. */
    private Batch next() {
        lock.lock();
        try {
            while (true) {
                var batch = queued.peekFirst();
                if (batch == null && closing) {
                    return null;
                }
                if (batch == null) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                long left = batch.deadline - System.nanoTime();
                boolean due = closing || left <= 0 || complete(batch);
                if (due && batch.committed == batch.rows.size()) {
                    return queued.removeFirst();
                }
                await(due ? Long.MAX_VALUE : left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean complete(Batch batch) {
        return batch.rows.size() >= Math.min(capacity, stages) || queued.size() > 1;
    }

    private void await(long nanos) {
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
        }
    }

    private void run(Batch batch) {
        int rows = batch.rows.size();
        began = System.nanoTime();
        running = true;
        Consumer<Row> result;
        try {
            int run = fixedRows > 0 ? fixedRows : device.run(rows, capacity);
            var shape = Arrays.copyOf(rowShape, rowShape.length);
            shape[0] = run;
            var answer = staging.run(sessions.of(run), batch, run, shape);
            result = row -> row.answer(answer);
        } catch (Throwable e) { // whatever it is, of native memory or of CUDA: this thread is everybody's and goes on
            var fault = fault(e, rows);
            result = row -> row.fail(fault);
        }
        running = false;
        batch.rows.forEach(Row::leave);
        figures.ran(rows, System.nanoTime() - began);
        tell(batch, result);
    }

    private StageException fault(Throwable e, int rows) {
        if (e instanceof StageException told) {
            return told;
        }
        var fault = StageException.retry("the model " + name + " failed: " + e.getMessage())
                .because(e);
        return rows == 1 ? fault : fault.remedy("if it fails with several pictures in a run only, write max-batch = 1");
    }

    private void tell(Batch batch, Consumer<Row> result) {
        Row[] rows;
        lock.lock();
        try {
            rows = batch.rows.toArray(Row[]::new);
            for (var row : rows) {
                result.accept(row);
            }
            batch.empty();
            idle.push(batch);
        } finally {
            lock.unlock();
        }
        figures.queue(-rows.length);
        for (var row : rows) {
            row.done.run();
        }
    }

    /** Whether the run of the moment does not end. Any thread. */
    boolean hangs() {
        return running && System.nanoTime() - began > staging.patience();
    }

    /** @throws StageException when no answer can be waited for */
    void requireProgress() throws StageException {
        if (hangs()) {
            throw StageException.failed("a run of the model " + name + " on " + device + " has not ended for "
                            + staging.patience() / 1_000_000_000L + " s")
                    .remedy("see which stage of that GPU hangs, and restart the node to free it of that");
        }
    }

    /** What is claimed still runs; then its thread ends, and the session may be closed. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
