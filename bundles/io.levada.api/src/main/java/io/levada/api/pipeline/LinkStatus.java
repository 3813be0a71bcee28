/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** A link at one moment; figures count since it was made. */
@ProviderType
public interface LinkStatus {

    /** {@code stage:track}, with {@code pipeline/} before it where it comes from another one. */
    String from();

    /** The consuming stage. */
    String to();

    /** {@code block}, {@code latest}, {@code drop-oldest} or {@code drop-to-keyframe}. */
    String policy();

    long samples();

    int queued();

    /** The bytes of what is queued. */
    long queuedBytes();

    int capacity();

    /** Samples dropped, by cause: {@code full}, {@code keyframe-wait}, ... */
    Map<String, Long> dropped();
}
