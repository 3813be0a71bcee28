/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Constants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the jars that File Install would pass over in silence, and says what is wrong with them. It comes last: another
 * installer may know what to do with a jar that is no bundle. File Install asks again when the file changes.
 */
public final class BrokenPlugins implements ArtifactInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(BrokenPlugins.class);

    private static final Attributes.Name SYMBOLIC_NAME = new Attributes.Name(Constants.BUNDLE_SYMBOLICNAME);

    private final Map<String, String> problems = new ConcurrentHashMap<>();

    @Override
    public boolean canHandle(File file) {
        return file.getName().endsWith(".jar") && file.isFile() && fault(file).isPresent();
    }

    @Override
    public void install(File file) {
        fault(file).ifPresent(fault -> {
            problems.put(file.getName(), fault);
            LOG.warn("The plugin {} is left out: {}", file, fault);
        });
    }

    @Override
    public void update(File file) {
        install(file);
    }

    @Override
    public void uninstall(File file) {
        problems.remove(file.getName());
    }

    /** What is wrong with a file; empty when nothing is. */
    String problem(String fileName) {
        return problems.getOrDefault(fileName, "");
    }

    /** What is wrong with it, and the remedy; empty for a bundle. */
    static Optional<String> fault(File file) {
        if (!file.canRead()) {
            return Optional.of("it can't be read; give the node's user the right to");
        }
        try (var jar = new JarFile(file)) {
            var manifest = jar.getManifest();
            return manifest != null && manifest.getMainAttributes().getValue(SYMBOLIC_NAME) != null
                    ? Optional.empty()
                    : Optional.of(
                            "its manifest has no Bundle-SymbolicName, so it is no OSGi bundle; build it with bnd");
        } catch (IOException e) {
            return Optional.of("it is no readable jar (" + e.getMessage() + "); copy it once more, to a name that ends"
                    + " in .tmp, then rename it");
        }
    }
}
