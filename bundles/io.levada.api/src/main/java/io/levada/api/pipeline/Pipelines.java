/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The pipelines of this node. Thread-safe; every call returns a picture of that moment. */
@ProviderType
public interface Pipelines {

    /** All pipelines by name. */
    List<PipelineStatus> pipelines();

    Optional<PipelineStatus> pipeline(String name);

    /** The stage types that can be used now, roles included, by name. */
    List<StageTypeInfo> stageTypes();

    /**
     * What would be wrong with a definition, without applying it.
     *
     * @param name the pipeline it would be
     * @param definition keys and values as in a pipeline file
     * @return empty when it is fine
     */
    List<Problem> check(String name, Map<String, String> definition);
}
