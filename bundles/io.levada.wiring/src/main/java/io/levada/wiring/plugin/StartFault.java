/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;

/** Why a bundle does not start, in words for who dropped it in. */
final class StartFault {

    private static final Pattern PACKAGE = Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)\\)(.*)");
    private static final Pattern VERSION = Pattern.compile("version(>=|<=|=)([\\d.]+)");
    private static final Pattern JAVA = Pattern.compile("osgi\\.ee=JavaSE\\)\\(version=([\\d.]+)\\)");

    private StartFault() {}

    /** @param node whose bundles could provide what it needs */
    static String of(BundleException e, BundleContext node) {
        if (e.getType() != BundleException.RESOLVE_ERROR) {
            var cause = e.getCause() == null ? e : e.getCause();
            return cause + "; its own code failed, see the log";
        }
        var message = String.valueOf(e.getMessage());
        var java = JAVA.matcher(message);
        if (java.find()) {
            return "it needs Java " + java.group(1) + "; run the node with that";
        }
        var missing = PACKAGE.matcher(message);
        if (missing.find()) {
            var version = VERSION.matcher(missing.group(2));
            var name = missing.group(1);
            var wanted = version.find() ? " from version " + version.group(2) + " on" : "";
            var present = provided(name, node);
            if (present.isPresent()) {
                return "it needs " + name + wanted + ", this node has " + present.get()
                        + "; take a version of the plugin that was built for this node, or update "
                        + (name.startsWith("io.levada.") ? "the node" : "the bundle that provides it");
            }
            return "nothing provides the package " + name + wanted
                    + (name.startsWith("io.levada.")
                            ? "; it is built for another version of Levada: update the node or build it for this one"
                            : "; put the bundle that provides it into plugins/ or embed it in the plugin");
        }
        return message;
    }

    /** The highest version of a package that any bundle exports. */
    private static Optional<Version> provided(String name, BundleContext node) {
        return Arrays.stream(node.getBundles())
                .map(bundle -> bundle.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream())
                .filter(capability -> name.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)))
                .map(capability -> capability.getAttributes().get(Constants.VERSION_ATTRIBUTE))
                .filter(Version.class::isInstance)
                .map(Version.class::cast)
                .max(Comparator.naturalOrder());
    }
}
