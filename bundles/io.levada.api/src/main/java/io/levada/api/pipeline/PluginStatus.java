/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/** A jar in {@code plugins/} at one moment. */
@ProviderType
public interface PluginStatus {

    /** The file's name. */
    String file();

    /** The symbolic name of the bundle that runs from it, of an earlier content if the present one was not taken; or empty. */
    String bundle();

    /** That bundle's version; empty when there is none. */
    String version();

    /** That bundle's number in the framework, as shells and consoles show it; empty when there is none. */
    OptionalLong bundleId();

    /** Whether that bundle runs. */
    boolean running();

    /** Why it does not run, or why the content that is in the file now was not taken, and the remedy; empty when all is well. */
    String problem();
}
