/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Stage;
import io.levada.api.stage.Transform;
import io.levada.wiring.type.StageTypeEntry;

/** An instance of a stage at work, with the verbs of all kinds of stages brought to one form. */
abstract class StageInstance {

    private final StageTypeEntry entry;
    private final Stage stage;
    private final NodeContext context;

    private StageInstance(StageTypeEntry entry, Stage stage, NodeContext context) {
        this.entry = entry;
        this.stage = stage;
        this.context = context;
    }

    /** @param output where it puts what it makes */
    @SuppressWarnings("unchecked") // what it accepts is checked when a format comes
    static StageInstance of(StageTypeEntry entry, Stage stage, NodeContext context, OutputTrack output) {
        if (stage instanceof Transform<?> transform) {
            return new OfTransform(entry, (Transform<Sample>) transform, context, output);
        }
        if (stage instanceof Analyzer<?> analyzer) {
            return new OfAnalyzer(entry, (Analyzer<Sample>) analyzer, context, output);
        }
        return new OfSink(entry, (Sink<Sample>) stage, context);
    }

    StageTypeEntry entry() {
        return entry;
    }

    Stage stage() {
        return stage;
    }

    NodeContext context() {
        return context;
    }

    abstract void format(InputPort port, Format format) throws Exception;

    /** The sample is lent. */
    abstract void process(InputPort port, Sample sample) throws Exception;

    abstract void gap(InputPort port, Gap gap) throws Exception;

    abstract void flush(InputPort port, Flush flush) throws Exception;

    /** All about content up to this moment has come. */
    void advance(Stamp moment) throws Exception {}

    abstract void drain() throws Exception;

    abstract void wake() throws Exception;

    /** Whether it says itself up to when it has told everything. */
    boolean later() {
        return false;
    }

    /** Whether it takes another sample now; if not, it wakes its node when it does. */
    boolean ready() {
        return true;
    }

    private static final class OfTransform extends StageInstance {

        private final Transform<Sample> transform;
        private final OutputTrack output;

        OfTransform(StageTypeEntry entry, Transform<Sample> transform, NodeContext context, OutputTrack output) {
            super(entry, transform, context);
            this.transform = transform;
            this.output = output;
        }

        @Override
        void format(InputPort port, Format format) throws Exception {
            transform.format(port, format, output);
        }

        @Override
        void process(InputPort port, Sample sample) throws Exception {
            transform.process(port, sample, output);
        }

        @Override
        void gap(InputPort port, Gap gap) throws Exception {
            transform.gap(port, gap, output);
        }

        @Override
        void flush(InputPort port, Flush flush) throws Exception {
            transform.flush(port, flush, output);
        }

        @Override
        void drain() throws Exception {
            transform.drain(output);
        }

        @Override
        void wake() throws Exception {
            transform.wake(output);
        }
    }

    private static final class OfAnalyzer extends StageInstance {

        private final Analyzer<Sample> analyzer;
        private final OutputTrack output;

        OfAnalyzer(StageTypeEntry entry, Analyzer<Sample> analyzer, NodeContext context, OutputTrack output) {
            super(entry, analyzer, context);
            this.analyzer = analyzer;
            this.output = output;
        }

        @Override
        void format(InputPort port, Format format) throws Exception {
            output.format(new EventFormat(format.timeBase()));
            analyzer.format(format);
        }

        /** Moves the watermark past the sample, so that a join does not wait for a result that will not come. */
        @Override
        void process(InputPort port, Sample sample) throws Exception {
            if (later()) {
                if (!sample.preroll()) {
                    analyzer.analyze(sample, output);
                }
                return;
            }
            long time = sample.stamp().runningTime();
            output.watermark(time - 1);
            if (sample.preroll()) {
                output.watermark(time);
            } else {
                analyzer.analyze(sample, output);
                output.reached(sample.stamp());
            }
        }

        @Override
        void advance(Stamp moment) throws Exception {
            analyzer.advance(moment, output);
        }

        @Override
        void gap(InputPort port, Gap gap) {
            output.gap(gap);
        }

        @Override
        void flush(InputPort port, Flush flush) throws Exception {
            analyzer.flush();
            output.flush(flush.epoch());
        }

        @Override
        void drain() throws Exception {
            analyzer.drain(output);
        }

        @Override
        void wake() throws Exception {
            analyzer.wake(output);
        }

        @Override
        boolean later() {
            return analyzer.later();
        }

        @Override
        boolean ready() {
            return analyzer.ready();
        }
    }

    private static final class OfSink extends StageInstance {

        private final Sink<Sample> sink;

        OfSink(StageTypeEntry entry, Sink<Sample> sink, NodeContext context) {
            super(entry, sink, context);
            this.sink = sink;
        }

        @Override
        void format(InputPort port, Format format) throws Exception {
            sink.format(port, format);
        }

        @Override
        void process(InputPort port, Sample sample) throws Exception {
            sink.process(port, sample);
        }

        @Override
        void gap(InputPort port, Gap gap) throws Exception {
            sink.gap(port, gap);
        }

        @Override
        void flush(InputPort port, Flush flush) throws Exception {
            sink.flush();
        }

        @Override
        void drain() throws Exception {
            sink.drain();
        }

        @Override
        void wake() throws Exception {
            sink.wake();
        }
    }
}
