/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Where in {@code plugins/} an uploaded plugin goes: the page means bundles, not files. */
final class Placement {

    private final Plugins plugins;

    Placement(Plugins plugins) {
        this.plugins = plugins;
    }

    /** Whether that is a plugin. */
    boolean concerns(UploadedJar jar) {
        return jar.stages()
                || plugins.list().stream().anyMatch(plugin -> plugin.bundle().equals(jar.symbolicName()));
    }

    /** @param parallel whether it is to run beside other versions of it */
    PluginStatus take(UploadedJar jar, InputStream content, boolean parallel) throws IOException {
        var all = plugins.list();
        var same = all.stream()
                .filter(plugin -> plugin.bundle().equals(jar.symbolicName()))
                .toList();
        var ofName = ofName(all, jar.fileName());
        var meant = (parallel ? Optional.<PluginStatus>empty() : ofName(same, jar.fileName())).or(() -> same.stream()
                .filter(plugin -> plugin.version().equals(jar.version()))
                .findFirst());
        if (meant.isPresent()) {
            return plugins.update(meant.get().file(), content);
        }
        if (!same.isEmpty() && !parallel) {
            return plugins.update(jar.symbolicName(), content); // refused where there are several
        }
        if (ofName.isPresent() && !ofName.get().bundle().isEmpty()) {
            throw new IOException(jar.fileName() + " is not taken: the file of that name in plugins/ has "
                    + ofName.get().bundle() + " " + ofName.get().version()
                    + "; rename yours and upload it once more");
        }
        return plugins.install(jar.fileName(), content);
    }

    private static Optional<PluginStatus> ofName(List<PluginStatus> plugins, String file) {
        return plugins.stream().filter(plugin -> plugin.file().equals(file)).findFirst();
    }
}
