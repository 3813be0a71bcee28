/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** A definition that a pipeline ran by. */
@ProviderType
public interface Revision {

    /** From 1, one more for each of the pipeline's revisions. */
    int number();

    /** When it was taken. */
    Instant time();

    /** Where it came from, in words: {@code file io.levada.pipeline-lobby.cfg}, {@code rollback to 3}. */
    String origin();

    /**
     * Keys and values by key, secrets as placeholders, and those in plain text as stars. Empty when it stands for the removal
     * of the pipeline.
     */
    Map<String, String> keys();

    /** How it differs from the one before, as {@link Revisions#diff} says it. */
    List<String> changes();
}
