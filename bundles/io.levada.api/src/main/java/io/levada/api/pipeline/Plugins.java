/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The plugins of this node: the jars in {@code plugins/}. What is changed here is changed there, so that a restart finds the
 * same. Thread-safe; one change at a time, each in bounded time.
 */
@ProviderType
public interface Plugins {

    /** All jars in {@code plugins/}, by file, those that do not work included. */
    List<PluginStatus> list();

    /**
     * Puts a jar into {@code plugins/} and starts it. A file of that name is replaced: the stages of its bundle move to the new
     * one. When any of that fails, all stays as it was.
     *
     * @param file its name, {@code NAME.jar}
     * @param jar read to its end, not closed
     * @return what became of it; the problem is empty
     * @throws IOException saying why it was not taken
     */
    PluginStatus install(String file, InputStream jar) throws IOException;

    /**
     * The same, only where there is such a file or bundle already: a newer version or an older one.
     *
     * @param plugin a file's name, or a bundle's symbolic name where only one file has it
     */
    PluginStatus update(String plugin, InputStream jar) throws IOException;

    /**
     * Deletes a file and uninstalls its bundle. Stages of its types move to another provider, or wait for one.
     *
     * @param plugin a file's name, or a bundle's symbolic name where only one file has it
     * @throws IOException saying why it can't be
     */
    void remove(String plugin) throws IOException;
}
