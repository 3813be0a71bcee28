/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A stage type that can be used. */
@ProviderType
public interface StageTypeInfo {

    /** The name used in {@code x.type = }. */
    String name();

    /** {@code source}, {@code transform}, {@code analyzer}, {@code sink} or {@code role}. */
    String kind();

    /** One line on what it does. */
    String description();

    /** What it accepts and emits, as in {@link io.levada.api.stage.StageType}. */
    List<String> accepts();

    /** What further inputs take whose samples are joined to those of the first. */
    List<String> joins();

    List<String> emits();

    /** The bundle that provides it, with its version. */
    String bundle();

    /** Its own parameters, not those that every stage has. */
    List<ParameterInfo> parameters();
}
