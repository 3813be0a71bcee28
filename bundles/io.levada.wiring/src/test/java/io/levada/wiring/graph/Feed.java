/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Request;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A source that puts out what a test gives it. Any instance of it takes from the same queue. */
public class Feed implements Source {

    /** What all instances share. */
    public static final class Content {

        private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
        private final List<Request> requests = new CopyOnWriteArrayList<>();
        private final boolean live;

        public Content(boolean live) {
            this.live = live;
        }

        /** Puts an item on a track. */
        public Content put(String track, StreamItem... items) {
            for (var item : items) {
                steps.add(new Step(Optional.of(item), outputs -> send(outputs, track, item)));
            }
            return this;
        }

        /** There is nothing more. */
        public Content end() {
            steps.add(new Step(Optional.empty(), outputs -> false));
            return this;
        }

        /** What was asked of the source. */
        public List<Request> requests() {
            return requests;
        }

        /** Forgets what was not taken, and releases it. */
        public void discard() {
            for (var step = steps.poll(); step != null; step = steps.poll()) {
                step.item()
                        .filter(Sample.class::isInstance)
                        .map(Sample.class::cast)
                        .ifPresent(Sample::release);
            }
        }

        /** How many items were not taken yet. */
        public int left() {
            return steps.size();
        }
    }

    /** One call of produce. */
    private record Step(Optional<StreamItem> item, Predicate<Outputs> action) {}

    private final Content content;

    public Feed(Content content) {
        this.content = content;
    }

    private static boolean send(Outputs outputs, String track, StreamItem item) {
        var output = outputs.track(track);
        if (item instanceof Format format) {
            output.format(format);
        } else if (item instanceof Sample sample) {
            output.emit(sample);
        } else if (item instanceof Gap gap) {
            output.gap(gap);
        } else if (item instanceof End) {
            output.end();
        }
        return true;
    }

    @Override
    public void open(StageContext context) throws StageException {}

    @Override
    public boolean produce(Outputs outputs) throws Exception {
        var step = content.steps.poll(5, TimeUnit.MILLISECONDS);
        return step == null || step.action().test(outputs);
    }

    @Override
    public boolean live() {
        return content.live;
    }

    @Override
    public boolean request(Request request) {
        content.requests.add(request);
        return true;
    }

    @Override
    public void close() {}
}
