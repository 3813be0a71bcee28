/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.Transform;
import java.util.Optional;

/** Leads what a stage puts out into the next one, or away; without queues, for benchmarks of the stages alone. */
final class Flow implements Output {

    private final Optional<Transform<Sample>> next;
    private final Output behind;
    private long samples;

    private Flow(Optional<Transform<Sample>> next, Output behind) {
        this.next = next;
        this.behind = behind;
    }

    /** The end: samples are counted and released. */
    static Flow sink() {
        return new Flow(Optional.empty(), null);
    }

    @SuppressWarnings("unchecked")
    static Flow into(Transform<?> stage, Output behind) {
        return new Flow(Optional.of((Transform<Sample>) stage), behind);
    }

    long samples() {
        return samples;
    }

    @Override
    public void format(Format format) {
        next.ifPresent(stage -> call(() -> stage.format(PORT, format, behind)));
    }

    @Override
    public void emit(Sample sample) {
        samples++;
        try {
            next.ifPresent(stage -> call(() -> stage.process(PORT, sample, behind)));
        } finally {
            sample.release();
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void call(Call call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void gap(Gap gap) {}

    @Override
    public void flush(int epoch) {}

    @Override
    public void end() {}

    @Override
    public boolean wanted() {
        return true;
    }

    static final Input PORT = new Input() {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public String name() {
            return "clip:video";
        }

        @Override
        public Optional<Format> format() {
            return Optional.empty();
        }

        @Override
        public boolean live() {
            return false;
        }

        @Override
        public void request(Request request) {}
    };
}
