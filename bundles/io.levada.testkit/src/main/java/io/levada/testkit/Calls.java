/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Marker;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Order;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.Transform;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The platform's calls into a stage of any kind. What a kind does not have is done by the platform or left out. */
final class Calls {

    /** The name of the one track of a stage that is no source. */
    static final String OUT = "out";

    private final Stage stage;
    private final StageContext context;
    private final Platform platform;
    private final Map<String, Track> tracks = new LinkedHashMap<>();

    private Calls(Stage stage, StageContext context, Platform platform) {
        this.stage = stage;
        this.context = context;
        this.platform = platform;
    }

    static Calls of(Stage stage, StageContext context, Platform platform) {
        return new Calls(stage, context, platform);
    }

    Track track(String name) {
        return tracks.computeIfAbsent(name, key -> new Track(key, platform));
    }

    Collection<Track> tracks() {
        return tracks.values();
    }

    void open(StageContext context) {
        run(() -> stage.open(context));
    }

    void format(HarnessInput input, Format format) {
        if (stage instanceof Transform<?> transform) {
            run(() -> transform.format(input, format, track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(() -> sink.format(input, format));
        } else if (stage instanceof Analyzer<?> analyzer) {
            run(() -> analyzer.format(format));
            run(() -> track(OUT).format(new EventFormat(format.timeBase())));
        } else {
            throw new IllegalStateException("a source has no input");
        }
    }

    @SuppressWarnings("unchecked") // a sample of another class than the stage takes is the test's mistake
    void sample(HarnessInput input, Sample sample) {
        if (stage instanceof Transform<?> transform) {
            run(() -> ((Transform<Sample>) transform).process(input, sample, track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(() -> ((Sink<Sample>) sink).process(input, sample));
        } else if (stage instanceof Analyzer<?> analyzer) {
            run(() -> ((Analyzer<Sample>) analyzer).analyze(sample, this::event));
        }
    }

    private void event(Event.Builder event) {
        track(OUT).emit(event.defaultSubject(context.stage()).build());
    }

    /** Only analyzers are told. */
    void advance(Stamp moment) {
        if (stage instanceof Analyzer<?> analyzer) {
            run(() -> analyzer.advance(moment, this::event));
        }
    }

    /** Whether the stage takes another sample now. */
    boolean ready() {
        return !(stage instanceof Analyzer<?> analyzer) || platform.call(analyzer::ready);
    }

    void gap(HarnessInput input, Gap gap) {
        if (stage instanceof Transform<?> transform) {
            run(() -> transform.gap(input, gap, track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(() -> sink.gap(input, gap));
        }
    }

    void flush(HarnessInput input, Flush flush) {
        if (stage instanceof Transform<?> transform) {
            run(() -> transform.flush(input, flush, track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(sink::flush);
        } else if (stage instanceof Analyzer<?> analyzer) {
            run(analyzer::flush);
            track(OUT).mark(flush);
        }
    }

    void drain() {
        if (stage instanceof Transform<?> transform) {
            run(() -> transform.drain(track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(sink::drain);
        } else if (stage instanceof Analyzer<?> analyzer) {
            run(() -> analyzer.drain(this::event));
        }
    }

    /** Before a change of format in mid-stream a stage with an output is drained; a sink sees to it itself. */
    void drainBeforeFormat() {
        if (!(stage instanceof Sink<?>)) {
            drain();
        }
    }

    void wake() {
        if (stage instanceof Transform<?> transform) {
            run(() -> transform.wake(track(OUT)));
        } else if (stage instanceof Sink<?> sink) {
            run(sink::wake);
        } else if (stage instanceof Analyzer<?> analyzer) {
            run(() -> analyzer.wake(this::event));
        }
    }

    /** What the platform itself passes on, to stages with an output. */
    void mark(Marker marker) {
        if (stage instanceof Transform<?> || stage instanceof Analyzer<?>) {
            track(OUT).mark(marker);
        }
    }

    boolean produce() {
        if (stage instanceof Source source) {
            return platform.call(() -> source.produce(this::track));
        }
        throw new IllegalStateException(stage.getClass().getSimpleName() + " is no source");
    }

    void interrupt() {
        if (stage instanceof Source source) {
            source.interrupt();
        }
    }

    boolean request(Request request) {
        return platform.call(() -> stage.request(request));
    }

    /** Nothing may be emitted from within, as with all that is not about samples. */
    String control(Controllable controllable, Order order) {
        return platform.call(() -> controllable.control(order));
    }

    boolean reconfigure(StageContext context) {
        return platform.call(() -> stage.reconfigure(context));
    }

    /** Nothing may be emitted from within: what is held comes out with drain. */
    void close() {
        tracks.values().forEach(Track::closing);
        run(stage::close);
    }

    private void run(DeterministicScheduler.Step call) {
        platform.call(() -> {
            call.run();
            return null;
        });
    }
}
