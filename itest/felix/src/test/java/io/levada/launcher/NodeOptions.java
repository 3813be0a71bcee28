/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import io.levada.itest.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;

/**
 * The node as the launcher makes it, as options of Pax Exam: the distribution's bundles at their start levels and the
 * launcher's own framework properties (it lives in the launcher's package to ask for them), so that there is no second list.
 */
public final class NodeOptions {

    private NodeOptions() {}

    /**
     * @param home an empty directory that becomes the node's home, with etc, data, media and plugins in it
     * @param more framework properties over the launcher's
     * @param systemPackages what else bundles get from the class path
     */
    public static Option[] of(Path home, Map<String, String> more, String... systemPackages) {
        var node = new Home(home);
        var data = new DataDirectory(node.data());
        var options = new ArrayList<Option>();
        try {
            Files.createDirectories(node.etc());
            Files.createDirectories(node.plugins());
            data.create();
            for (var jar : Distribution.packed().bundles()) {
                options.add(bundleOf(jar));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var properties = NodeProperties.of(node, node.etc(), data);
        properties.putAll(more);
        var packages = new ArrayList<>(List.of(systemPackages));
        packages.addAll(List.of(
                properties.remove(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA).split(",")));
        packages.forEach(name -> options.add(systemPackage(name))); // beside Pax Exam's own
        properties.remove(Constants.FRAMEWORK_STORAGE); // Pax Exam cleans its own
        properties.forEach((key, value) -> options.add(frameworkProperty(key).value(value)));
        options.add(systemProperty("org.bytedeco.javacpp.cachedir")
                .value(data.natives().toString()));
        options.add(frameworkStartLevel(StartLevels.ALL));
        return options.toArray(Option[]::new);
    }

    private static Option bundleOf(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var headers = file.getManifest().getMainAttributes();
            var name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME)
                    .split(";")[0]
                    .strip();
            var option = bundle("reference:" + jar.toUri()).startLevel(StartLevels.of(name));
            return headers.getValue(Constants.FRAGMENT_HOST) == null ? option : option.noStart();
        }
    }
}
