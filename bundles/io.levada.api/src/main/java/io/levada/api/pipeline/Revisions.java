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
 * The definitions that pipelines ran by, the last of each pipeline: they survive a restart of the node, and the deletion of
 * the pipeline. Definitions hold secrets as placeholders; what is secret in plain text is shown as stars. Thread-safe.
 */
@ProviderType
public interface Revisions {

    /** What is kept of a pipeline, oldest first; empty when there is no such pipeline, and never was. */
    List<Revision> list(String pipeline);

    Optional<Revision> revision(String pipeline, int number);

    /**
     * What is to be done to one revision to come to another, a line for each key, by key: {@code + key = value} is added,
     * {@code - key = value} is gone, {@code ~ key: old -> new} is changed.
     *
     * @return empty when they say the same
     * @throws NoSuchElementException saying which revision is not kept
     */
    List<String> diff(String pipeline, int from, int to);

    /**
     * Makes a revision the pipeline's configuration again, and with it its file when it has one. As with every new
     * configuration, the pipeline takes it soon; its status says when it can't.
     *
     * @throws NoSuchElementException saying which revision is not kept
     * @throws IOException if the configuration can't be stored
     */
    void rollback(String pipeline, int number) throws IOException;

    /**
     * A revision as the text of a pipeline file.
     *
     * @throws NoSuchElementException saying which revision is not kept
     */
    String export(String pipeline, int number);
}
