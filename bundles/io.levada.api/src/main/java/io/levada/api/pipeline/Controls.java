/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Steers running stages: switches, gates, whatever takes commands. Nothing of it is written to the configuration; it lasts
 * as long as the stage is in its pipeline, whatever instance does its work. Thread-safe; nothing here waits.
 *
 * <p>What comes back completes exceptionally with an {@link io.levada.api.stage.StageException} when there is no such
 * pipeline or stage, when the stage does not take the command or its arguments, and when it is not at work or does not
 * answer within 5 s. Its message and remedy are for users.
 */
@ProviderType
public interface Controls {

    /**
     * Gives an order to a stage.
     *
     * @param stage its name in the pipeline
     * @param command one of those that it takes
     * @return what the stage says of it, in one line
     */
    CompletionStage<String> call(String pipeline, String stage, String command, List<String> arguments);

    /** What a stage can be told, and how it stands. */
    CompletionStage<Steered> steered(String pipeline, String stage);
}
