/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that says which node is meant. */
final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the node's data directory (default: $LEVADA_DATA, else data/ beside bin/)")
    private Path data;

    DataDirectory directory() {
        return directory(Home.locate().data());
    }

    DataDirectory directory(Path otherwise) {
        var environment = System.getenv("LEVADA_DATA");
        if (data != null) {
            return new DataDirectory(data);
        }
        return new DataDirectory(environment == null || environment.isEmpty() ? otherwise : Path.of(environment));
    }
}
