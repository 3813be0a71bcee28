/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The unpacked distribution.
 *
 * @param directory absolute, symbolic links resolved
 */
record Home(Path directory) {

    /** The one that {@code bin/levada} said it is in. */
    static Home locate() {
        var home = System.getProperty("levada.home");
        if (home == null) {
            throw new LauncherException("the property levada.home is not set; start Levada by bin/levada");
        }
        var directory = Path.of(home).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory.resolve("bundles"))) {
            throw new LauncherException("there are no bundles in " + directory + "; unpack the distribution again");
        }
        return new Home(directory);
    }

    Path bundles() {
        return directory.resolve("bundles");
    }

    Path plugins() {
        return directory.resolve("plugins");
    }

    Path etc() {
        return directory.resolve("etc");
    }

    Path data() {
        return directory.resolve("data");
    }

    Path script() {
        return directory.resolve("bin/levada");
    }

    /** The demo's configuration, apart from the node's. */
    Path demoEtc() {
        return directory.resolve("examples/demo");
    }

    Path demoData() {
        return data().resolve("demo");
    }
}
