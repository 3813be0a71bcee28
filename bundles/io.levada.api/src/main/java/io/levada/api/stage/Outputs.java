/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import org.osgi.annotation.versioning.ProviderType;

/** The tracks of a source. */
@ProviderType
public interface Outputs {

    /**
     * The output for a track; the same one for the same name, and it lives on across restarts of the source.
     *
     * @param name {@code video}, {@code audio}, {@code data}, and from the second of a kind on {@code video2}, ...
     */
    Output track(String name);
}
