/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import java.nio.file.Path;

/** Where the homes of the tests' nodes are: after a failure their logs tell more. */
final class Nodes {

    private static final Path NODES = Path.of("target", "nodes").toAbsolutePath();

    private Nodes() {}

    static Path home(Class<?> test) {
        return NODES.resolve(test.getSimpleName());
    }
}
