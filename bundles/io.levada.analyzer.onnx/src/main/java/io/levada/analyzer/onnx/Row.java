/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Event;
import io.levada.api.media.Memory;
import io.levada.api.media.Placement;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A stage's place in a batch. The stage fills it and commits it; when the batch has run, the stage is woken and finds the
 * answer, or what went wrong.
 */
final class Row {

    final Batch batch;
    final int index;
    final Runnable done;
    /** About the sample that is asked about. */
    Event.Builder event;

    Placement placement = Placement.WHOLE;

    /** The boxes that are wanted, if that is all that is. */
    Optional<BoxQuery> query = Optional.empty();

    /** In which its elements are on a GPU, from an offset on; none when they are in the batch's host memory. */
    Memory tensor = Memory.NONE;

    long tensorOffset;

    /** Written before {@link #answered}. */
    private Answer answer;

    private StageException fault;
    private boolean forgotten;
    private volatile boolean answered;

    Row(Batch batch, int index, Runnable done) {
        this.batch = batch;
        this.index = index;
        this.done = done;
    }

    /** Where the elements go, from {@link #offset} on. */
    ByteBuffer elements() {
        return batch.elements();
    }

    int offset() {
        return index * batch.rowBytes;
    }

    /** Fills it with what is in a GPU's memory, which is held until the batch has run. */
    void lie(Memory memory, long from) {
        memory.retain();
        tensor = memory;
        tensorOffset = from;
    }

    /** The batch has run. */
    void leave() {
        tensor.release();
    }

    void commit() {
        batch.runner.committed(batch);
    }

    /** Under the runner's lock, as are the next two. */
    void answer(Answer given) {
        if (forgotten) {
            given.release();
            return;
        }
        answer = given;
        answered = true;
    }

    void fail(StageException why) {
        fault = why;
        answered = true;
    }

    void forgotten() {
        forgotten = true;
        if (answer != null) {
            answer.release();
        }
    }

    boolean answered() {
        return answered;
    }

    /** Once {@link #answered}. */
    Answer take() throws StageException {
        if (fault != null) {
            throw fault;
        }
        return answer;
    }

    /** The stage does not want the answer; it may not have taken it. */
    void forget() {
        batch.runner.forget(this);
    }
}
