/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.itest.gpu.node.NodeChecks;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A part of the report. Each runs in a JVM of its own, so that what one breaks is whole for the next. */
enum Part {
    PIXELS(240, run -> new PixelChecks(run.report(), run.clips()).run()),
    LIFE(360, run -> new LifeChecks(run.report(), run.clips()).run()),
    DLPACK(120, run -> new DlpackChecks(run.report(), run.clips()).run()),
    ENCODE(120, run -> new EncodeChecks(run.report(), run.clips()).run()),
    COPIES(180, run -> new CopyChecks(run.clips(), run.model()).run(run.report())),
    INFERENCE(360, run -> new InferenceChecks(run.report(), run.clips(), run.model()).run()),
    SPEED(540, run -> new Benchmarks(run.report(), run.clips()).run()),
    BANDWIDTH(120, run -> Bandwidth.report(run.report())),
    NODE(360, run -> run.nodes().node()),
    FAULTS(420, run -> run.nodes().faults()),
    DEVICES(240, run -> run.nodes().devices());

    private final Duration limit;
    private final Body body;

    /** @param seconds about three times what it takes beside an H200, with room for the start */
    Part(int seconds, Body body) {
        this.limit = Duration.ofSeconds(seconds);
        this.body = body;
    }

    /** What a part has at hand. */
    record Run(Report report, Clips clips, String model, NodeChecks nodes) {}

    private interface Body {
        void run(Run run) throws Exception;
    }

    void run(Run run) throws Exception {
        body.run(run);
    }

    /** After that it is ended. */
    Duration limit() {
        return limit;
    }

    /** Whether what it measures would suffer from a look for leaks. */
    boolean measures() {
        return this == SPEED || this == BANDWIDTH;
    }

    /** By its name in small letters. */
    static Optional<Part> named(String name) {
        return Arrays.stream(values())
                .filter(part -> part.toString().equals(name))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
