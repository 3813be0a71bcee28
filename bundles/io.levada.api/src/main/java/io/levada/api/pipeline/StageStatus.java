/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** A stage at one moment; figures count since the stage started. */
@ProviderType
public interface StageStatus {

    String name();

    /** The type in the definition, such as {@code decoder}. */
    String type();

    /** The type that fills it, such as {@code decoder.ffmpeg}; the same for one that is no role, empty while it waits. */
    String implementation();

    /** The bundle that provides it with its version, {@code io.levada.decoder.ffmpeg 0.1.0}; empty while it waits. */
    String bundle();

    State state();

    /** Why, when it is not RUNNING, or why this implementation was chosen; may be empty. */
    String reason();

    /** What it puts out, by track: {@code video} to {@code h264 768x432 25/2 fps}. */
    Map<String, String> formats();

    long samplesIn();

    long samplesOut();

    /** Nanoseconds spent in its calls. */
    long busyNanos();

    /** Latency from capture until this stage took the sample, nanoseconds, median over the last minute. */
    long latencyP50();

    /** The same, 99th percentile. */
    long latencyP99();

    /** How often it was restarted after a fault. */
    long restarts();

    /** The last fault, or the call that does not come back, with its stack in a bounded number of lines; empty for none. */
    String fault();

    /** Warnings it gave. */
    long warnings();

    /** The last warning; empty if there was none. */
    String lastWarning();

    /** Figures of its own, such as {@code readers}. */
    Map<String, Long> gauges();
}
