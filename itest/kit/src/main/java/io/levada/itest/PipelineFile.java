/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A pipeline as a user writes it.
 *
 * @param name the pipeline's
 * @param text lines {@code key = value}
 */
public record PipelineFile(String name, String text) {

    /** Where it is in a configuration directory. */
    public Path in(Path etc) {
        return etc.resolve("io.levada.pipeline-" + name + ".cfg");
    }

    /** Puts it into a configuration directory as users should: written beside, then renamed. */
    public void drop(Path etc) {
        try {
            var written = Files.writeString(etc.resolve(name + ".tmp"), text);
            Files.move(written, in(etc), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete(Path etc) {
        try {
            Files.delete(in(etc));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its keys and values, as File Install reads them. */
    public Map<String, String> keys() {
        var keys = new LinkedHashMap<String, String>();
        text.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            keys.put(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip());
        });
        return keys;
    }
}
