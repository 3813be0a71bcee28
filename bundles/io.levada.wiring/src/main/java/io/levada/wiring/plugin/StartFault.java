/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.util.regex.Pattern;
import org.osgi.framework.BundleException;

/** Why a bundle does not start, in words for who dropped it in. */
final class StartFault {

    private static final Pattern PACKAGE = Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)\\)(.*)");
    private static final Pattern VERSION = Pattern.compile("version(>=|<=|=)([\\d.]+)");
    private static final Pattern JAVA = Pattern.compile("osgi\\.ee=JavaSE\\)\\(version=([\\d.]+)\\)");

    private StartFault() {}

    static String of(BundleException e) {
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
            return "nothing provides the package " + name + wanted
                    + (name.startsWith("io.levada.")
                            ? "; it is built for another version of Levada: update the node or build it for this one"
                            : "; put the bundle that provides it into plugins/ or embed it in the plugin");
        }
        return message;
    }
}
