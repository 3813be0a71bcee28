/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A parameter of a stage type, from its Metatype. */
@ProviderType
public interface ParameterInfo {

    /** The key behind {@code stage.}. */
    String name();

    String description();

    /** {@code text}, {@code number}, {@code integer}, {@code true/false}, {@code duration}, ... */
    String type();

    boolean required();

    /** The default as it would stand in a file; empty if there is none. */
    String defaultValue();

    /** The values it can have; empty when it is free. */
    List<String> options();

    /** The range, such as {@code 1..64}; empty when it is free. */
    String range();
}
