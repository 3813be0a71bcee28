/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenPluginsTest {

    private final BrokenPlugins plugins = new BrokenPlugins();

    @TempDir
    Path folder;

    @Test
    void aBundleIsLeftToFileInstall() throws IOException {
        var bundle = jar("Bundle-SymbolicName");
        assertEquals(Optional.empty(), BrokenPlugins.fault(bundle));
        assertFalse(plugins.canHandle(bundle));
    }

    @Test
    void aFileThatIsNoJarIsTold() throws IOException {
        assertFault("it is no readable jar", Files.writeString(folder.resolve("text.jar"), "x\n"));
        assertFault("it is no readable jar", Files.createFile(folder.resolve("empty.jar")));
    }

    @Test
    void aTruncatedJarIsTold() throws IOException {
        var whole = Files.readAllBytes(jar("Bundle-SymbolicName").toPath());
        var half = Files.write(folder.resolve("half.jar"), Arrays.copyOf(whole, whole.length / 2));
        assertFault("it is no readable jar", half);
    }

    @Test
    void aJarThatIsNoBundleIsTold() throws IOException {
        assertFault("no Bundle-SymbolicName", jar("Implementation-Title").toPath());
        var bare = folder.resolve("bare.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(bare))) {
            zip.putNextEntry(new ZipEntry("a.txt"));
        }
        assertFault("no Bundle-SymbolicName", bare);
    }

    @Test
    void whatIsNoJarByItsNameIsOthersBusiness() throws IOException {
        assertFalse(plugins.canHandle(
                Files.writeString(folder.resolve("a.cfg"), "x").toFile()));
        assertFalse(plugins.canHandle(
                Files.createDirectory(folder.resolve("folder.jar")).toFile()));
    }

    private void assertFault(String words, Path file) {
        assertTrue(plugins.canHandle(file.toFile()));
        var fault = BrokenPlugins.fault(file.toFile()).orElseThrow();
        assertTrue(fault.contains(words), fault);
    }

    private File jar(String header) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name(header), "example");
        var file = folder.resolve(header + ".jar");
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            jar.putNextEntry(new ZipEntry("a.txt"));
            jar.write(new byte[1000]);
        }
        return file.toFile();
    }
}
