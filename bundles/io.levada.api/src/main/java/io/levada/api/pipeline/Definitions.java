/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What pipelines are to be, as the text of their files: lines {@code key = value} and comments. What is applied is written to
 * the pipeline's file, and what is refused is not. Thread-safe; calls that change a pipeline return when it has taken the
 * change or refused it.
 */
@ProviderType
public interface Definitions {

    /**
     * The text of a pipeline's file, with stars in place of what is secret in plain text; empty when there is no such
     * pipeline.
     *
     * @throws IOException if it can't be read
     */
    Optional<String> text(String pipeline) throws IOException;

    /**
     * What would be wrong with a definition, without applying it.
     *
     * @throws IOException if it is no text of a pipeline file
     */
    List<Problem> check(String pipeline, String text) throws IOException;

    /**
     * Makes a definition that of a pipeline, of a new one when there is none of the name. Stars that stand where
     * {@link #text} shows them leave the secret as it is.
     *
     * @param origin who does so, for the revisions, such as {@code shell}
     * @return how the pipeline does now that it has taken the definition
     * @throws InvalidDefinitionException saying what is wrong; the pipeline, its configuration and its file are as before
     * @throws IOException if it is no text of a pipeline file, or can't be written
     */
    PipelineStatus apply(String pipeline, String text, String origin) throws InvalidDefinitionException, IOException;

    /**
     * Removes a pipeline, its configuration and its file; its revisions stay.
     *
     * @param origin who does so
     * @throws NoSuchElementException if there is none of the name
     * @throws IOException if it can't be removed
     */
    void remove(String pipeline, String origin) throws IOException;
}
