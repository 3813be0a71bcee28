/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** The same bundle as another version of it. */
final class BundleCopy {

    private static final Attributes.Name VERSION = new Attributes.Name("Bundle-Version");

    private BundleCopy() {}

    /** Puts it in place as users should: written beside, then renamed. */
    static void drop(Path jar, String version, Path target) throws IOException {
        var written = target.resolveSibling(target.getFileName() + ".tmp");
        try (var from = new JarFile(jar.toFile())) {
            var manifest = from.getManifest();
            manifest.getMainAttributes().put(VERSION, version);
            try (var to = new JarOutputStream(Files.newOutputStream(written), manifest)) {
                for (var entry : from.stream().toList()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        to.putNextEntry(new ZipEntry(entry.getName()));
                        from.getInputStream(entry).transferTo(to);
                        to.closeEntry();
                    }
                }
            }
        }
        Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
