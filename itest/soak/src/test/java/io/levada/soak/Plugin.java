/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** The analyzer as a plugin that is replaced by newer versions of itself. */
final class Plugin {

    private static final String NAME = "io.levada.analyzer.motion";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final NodeProcess node;
    private final PluginBundle bundle;
    private int version;

    /** Puts the first version in the place of the node's own, before it is started. */
    Plugin(NodeProcess node) throws IOException {
        this.node = node;
        var sources = Path.of(System.getProperty("levada.sources"), "bundles", NAME, "src/main/java");
        bundle = new PluginBundle(NAME, "1.0.0", NAME)
                .compiled(sources, text -> text, Path.of("target", "plugin").toAbsolutePath());
        try (var jars = Files.newDirectoryStream(node.home().resolve("bundles"), NAME + "-*.jar")) {
            Files.delete(jars.iterator().next());
        }
        drop();
    }

    /** As a copy of what a build made just now: bnd gives a jar the time of its classes, which are always the same. */
    private void drop() throws IOException {
        var written = bundle.header("Bundle-Version", "1.0." + version)
                .write(node.home().resolve("motion.tmp"));
        Files.setLastModifiedTime(written, FileTime.from(Instant.now()));
        Files.move(written, node.home().resolve("plugins/motion.jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    void swap() throws IOException {
        version++;
        drop();
        var taken = NAME + " 1.0." + version + " has taken the place";
        Await.until("version 1.0." + version, SOON, () -> node.log().contains(taken));
    }
}
