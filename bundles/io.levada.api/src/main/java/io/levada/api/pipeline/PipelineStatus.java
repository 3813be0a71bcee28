/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A pipeline at one moment. */
@ProviderType
public interface PipelineStatus {

    String name();

    State state();

    /** Why it is in a state that is not RUNNING, one line for each reason, naming the stage. */
    List<Problem> problems();

    /** Since when it is in this state. */
    Instant since();

    /** Its stages in the order of the definition, those put in by the platform included. */
    List<StageStatus> stages();

    /** The links between them. */
    List<LinkStatus> links();

    /** Pictures a second that arrive at its busiest sink or server over the last seconds. */
    double framesPerSecond();

    /** Latency from capture to its sinks in nanoseconds, 99th percentile over the last minute; 0 before there is any. */
    long latencyP99();

    /** Samples that links and stages dropped since it started. */
    long dropped();

    /** Bytes of memory that its samples hold: queued, at work and kept by stages. */
    long memory();

    /** Events that its analyzers emitted since it started. */
    long events();

    /** Readers of its servers at this moment. */
    long readers();
}
