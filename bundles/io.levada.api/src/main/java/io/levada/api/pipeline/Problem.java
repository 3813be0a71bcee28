/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import org.osgi.annotation.versioning.ProviderType;

/** One thing that is wrong with a definition or a running stage, in words a user can act on. */
@ProviderType
public interface Problem {

    /** The key to blame as it stands in the file, such as {@code motion.treshold}; empty when it is none in particular. */
    String key();

    /** What is wrong and, where it is known, what to do. */
    String message();

    /** The state it puts the pipeline into. */
    State state();
}
