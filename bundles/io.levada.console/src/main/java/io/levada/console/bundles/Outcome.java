/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import io.levada.api.pipeline.PluginStatus;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What became of the plugins in an upload: a line for each. */
final class Outcome {

    @FunctionalInterface
    interface Attempt {
        PluginStatus take(InputStream jar) throws IOException;
    }

    private final List<String> lines = new ArrayList<>();
    private boolean taken = true;

    void attempt(Part jar, Attempt attempt) {
        try (var content = jar.getInputStream()) {
            var plugin = attempt.take(content);
            lines.add(plugin.bundle() + " " + plugin.version() + " runs from " + plugin.file());
        } catch (IOException e) {
            taken = false;
            lines.add(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
        }
    }

    /** Whether every one was. */
    boolean taken() {
        return taken;
    }

    String text() {
        return String.join("\n", lines);
    }
}
