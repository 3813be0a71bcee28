/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.docs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/**
 * Starts a framework with the bundles on the class path and writes down what the command {@code levada:stages} says, so
 * that the documentation can't say anything else.
 */
final class StageReference {

    /** What runs; other bundles are there to resolve against. */
    private static final Set<String> STARTED =
            Set.of("org.apache.felix.scr", "org.apache.felix.metatype", "org.apache.felix.configadmin");

    /** Levada's bundles that look after a node, which this is none. */
    private static final Set<String> NOT_STARTED = Set.of("io.levada.console", "io.levada.control", "io.levada.log");

    /** As in the node, where the launcher brings slf4j. */
    private static final String SYSTEM_PACKAGES = String.join(
            ",",
            "org.slf4j;version=2.0.17",
            "org.slf4j.event;version=2.0.17",
            "org.slf4j.helpers;version=2.0.17",
            "org.slf4j.spi;version=2.0.17",
            "org.slf4j;version=1.7.36",
            "org.slf4j.helpers;version=1.7.36");

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private StageReference() {}

    /** @param arguments a folder for the framework's storage, and the file to write */
    public static void main(String... arguments) throws Exception {
        var framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        arguments[0],
                        Constants.FRAMEWORK_STORAGE_CLEAN,
                        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        SYSTEM_PACKAGES,
                        "levada.home",
                        arguments[0]));
        framework.start();
        try {
            startBundles(framework.getBundleContext());
            Files.writeString(Path.of(arguments[1]), text(new Stages(framework.getBundleContext(), TIMEOUT)));
        } finally {
            framework.stop();
            framework.waitForStop(TIMEOUT.toMillis());
        }
        System.exit(0); // whatever a bundle left running
    }

    private static void startBundles(BundleContext context) throws IOException, BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (var path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (path.endsWith(".jar") && isBundle(path)) {
                bundles.add(context.installBundle("file:" + path));
            }
        }
        for (var bundle : bundles) {
            if (runs(bundle.getSymbolicName()) && bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
    }

    private static boolean runs(String bundle) {
        return STARTED.contains(bundle) || bundle.startsWith("io.levada.") && !NOT_STARTED.contains(bundle);
    }

    private static boolean isBundle(String path) throws IOException {
        try (var jar = new JarFile(path)) {
            var manifest = jar.getManifest();
            var name = manifest == null ? null : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            return name != null && !name.startsWith("org.apache.felix.framework") && !name.startsWith("slf4j.");
        }
    }

    private static String text(Stages stages) {
        var text = new StringBuilder(
                """
                # Stage types

                Generated in the build: what `levada:stages` says in the node's shell. Every stage also has the parameters
                `type`, `from`, `enabled`, `priority`, `activation`, `linger`, `prefer`, `wait`, `start-timeout`, `version` and
                `restart`; see [How Levada works](architecture.md).

                ```
                """);
        text.append(stages.all()).append("\n```\n");
        for (var type : stages.names()) {
            text.append("\n## ")
                    .append(type)
                    .append("\n\n```\n")
                    .append(stages.one(type))
                    .append("\n```\n");
        }
        return text.toString();
    }
}
