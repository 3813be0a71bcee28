/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Event;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one stage has asked its model and not been told yet, in the order in which it was asked. When the model's file was
 * changed, new questions go to the new version; those to the old one are still answered. For the stage's thread.
 */
final class Questions {

    /** Longer than a run takes; a stage that drains must not wait for ever. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final PictureMaker NO_PICTURES = (row, frame) -> {};

    private final SharedModel model;
    private final String stage;
    private final Runnable wake;
    private final Deque<Asked> asked = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private final Runnable done = this::answered;

    private Settings settings;
    private VideoFormat pictures;
    private TensorFormat tensors;
    /** The version for which these were made. */
    private LoadedModel version;

    private Reader reader;
    private volatile long beyond;
    private volatile PictureMaker maker = NO_PICTURES;

    /** A row and how its answer is to be read. */
    private record Asked(Row row, Stamp moment, Reader reader) {}

    /** @param stage who asks */
    Questions(SharedModel model, Settings settings, String stage, Runnable wake) throws StageException {
        this.stage = stage;
        this.model = model;
        this.settings = settings;
        this.wake = wake;
        suit(model.current());
    }

    /** @throws StageException when the model's output can't be read so; then nothing has changed */
    void settings(Settings fresh) throws StageException {
        var before = settings;
        settings = fresh;
        try {
            suit(model.current());
        } catch (StageException e) {
            settings = before;
            throw e;
        }
    }

    void about(VideoFormat format) throws StageException {
        pictures = format;
        tensors = null;
        suit(model.current());
    }

    void about(TensorFormat format) throws StageException {
        tensors = format;
        pictures = null;
        suit(model.current());
    }

    private void suit(LoadedModel newest) throws StageException {
        var fresh = Readers.of(newest.spec(), settings);
        if (tensors != null) {
            newest.spec().check(tensors);
        }
        var made = pictures == null ? NO_PICTURES : maker(newest.spec().tensors(settings));
        maker.close();
        maker = made;
        reader = fresh;
        version = newest;
    }

    private PictureMaker maker(TensorSpec spec) throws StageException {
        if (pictures.memory() == Memory.Kind.HOST) {
            return new HostPictures(pictures, spec);
        }
        try {
            return new DevicePictures(stage, pictures, spec);
        } catch (NoClassDefFoundError e) { // its import is optional
            throw Device.noBundle(e, "from", "put a gpu.download in between");
        }
    }

    /** Takes a changed file's version, if there is one. */
    private void suitNewest() throws StageException {
        var newest = model.current();
        if (newest != version) {
            suit(newest);
        }
    }

    /** Whether another may be asked. */
    boolean room() {
        return asked.size() < version.runner().share(model.users());
    }

    void ask(Sample sample) throws StageException {
        suitNewest();
        if (sample instanceof VideoFrame frame) {
            var row = claim(Event.about(sample), sample.stamp());
            try {
                row.placement = version.spec().tensors(settings).place(pictures);
                maker.fill(row, frame);
            } finally {
                row.commit();
            }
        } else if (sample instanceof Tensor tensor) {
            ask(tensor);
        }
    }

    /** A place for a question, which is among those that were asked from now on. It is to be committed, even if filling it fails. */
    private Row claim(Event.Builder event, Stamp moment) throws StageException {
        var claimed = version.runner().claim(settings.maxWait(), done);
        while (claimed.isEmpty()) { // that version has just been replaced
            suitNewest();
            claimed = version.runner().claim(settings.maxWait(), done);
        }
        var row = claimed.get();
        row.event = event;
        row.query = reader.query();
        asked.add(new Asked(row, moment, reader));
        return row;
    }

    /** Each row of a batch of tensors is about a picture of its own. */
    private void ask(Tensor tensor) throws StageException {
        int bytes = version.spec().rowBytes();
        int count = (int) Math.min(tensor.rows().size(), tensor.memory().size(0) / bytes);
        for (int i = 0; i < count; i++) {
            var moment = tensor.rows().get(i);
            var row = claim(count == 1 ? Event.about(tensor) : Event.about(moment), moment);
            try {
                row.placement = tensor.format().picture();
                if (tensor.memory().kind() == Memory.Kind.CUDA) {
                    row.lie(tensor.memory(), (long) i * bytes);
                } else {
                    row.elements().put(row.offset(), tensor.memory().plane(0), i * bytes, bytes);
                }
            } finally {
                row.commit();
            }
        }
    }

    /** On the thread of the model. */
    private void answered() {
        lock.lock();
        try {
            answered.signalAll();
        } finally {
            lock.unlock();
        }
        wake.run();
    }

    /** Emits what has been answered, up to the first that has not. */
    void tell(EventSink events) throws StageException {
        while (!asked.isEmpty() && asked.peek().row().answered()) {
            var first = asked.remove();
            var answer = first.row().take();
            try {
                first.reader().read(first.row(), answer, events);
                beyond += first.reader().beyond();
            } finally {
                answer.release();
            }
            events.answered(first.moment());
        }
        if (!asked.isEmpty()) {
            asked.peek().row().batch.runner.requireProgress();
        }
    }

    /** Candidates for boxes that were too many to be looked at; any thread. */
    long beyond() {
        return beyond;
    }

    /** Pictures that a device still brings into the model's form; any thread. */
    long pending() {
        return maker.pending();
    }

    /** Emits all answers, waiting for those that are still to come. */
    void await(EventSink events) throws StageException, InterruptedException {
        long left = PATIENCE_NANOS;
        lock.lockInterruptibly();
        try {
            while (!allAnswered() && left > 0) {
                left = answered.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        tell(events);
        drop();
    }

    /** Not only the last: while a changed file takes over, two versions answer beside each other. */
    private boolean allAnswered() {
        for (var question : asked) {
            if (!question.row().answered()) {
                return false;
            }
        }
        return true;
    }

    /** Nobody wants the answers any more. */
    void forget() {
        drop();
        reader.forget();
    }

    /** Nobody asks any more. */
    void close() {
        forget();
        maker.close();
    }

    private void drop() {
        for (var question = asked.poll(); question != null; question = asked.poll()) {
            question.row().forget();
        }
    }
}
