/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;

class BundleSyncTest {

    @TempDir
    Path folder;

    private Path jars;
    private Framework framework;

    @BeforeEach
    void makeFolder() throws IOException, BundleException {
        jars = Files.createDirectory(folder.resolve("bundles"));
        openFramework();
    }

    @AfterEach
    void closeFramework() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void installsWhatIsThereAtItsStartLevel() throws Exception {
        bundle("a.jar", "io.levada.a", "1.0.0");
        bundle("w.jar", "io.levada.wiring", "1.0.0");
        bundle("x.jar", "org.example.x", "1.0.0");
        sync();
        framework.start();
        assertEquals(Bundle.ACTIVE, installed("io.levada.a").getState());
        assertTrue(level("org.example.x") < level("io.levada.a"));
        assertTrue(level("io.levada.a") < level("io.levada.wiring"));
    }

    @Test
    void updatesOnlyWhatHasOtherContent() throws Exception {
        bundle("a.jar", "io.levada.a", "1.0.0");
        bundle("b.jar", "io.levada.b", "1.0.0");
        sync();
        long untouched = installed("io.levada.b").getLastModified();
        restart();
        bundle("a.jar", "io.levada.a", "1.0.1");
        sync();
        assertEquals("1.0.1", installed("io.levada.a").getVersion().toString());
        assertEquals(untouched, installed("io.levada.b").getLastModified());
    }

    @Test
    void uninstallsWhatIsGoneButNotWhatCameInOtherwise() throws Exception {
        bundle("a.jar", "io.levada.a", "1.0.0");
        bundle("b.jar", "io.levada.b", "1.0.0");
        sync();
        var plugin = bundle("../plugin.jar", "com.example.plugin", "1.0.0");
        framework.getBundleContext().installBundle(plugin.toUri().toString());
        Files.delete(jars.resolve("b.jar"));
        sync();
        assertNotNull(installed("io.levada.a"));
        assertNull(installed("io.levada.b"));
        assertNotNull(framework.getBundleContext().getBundle(plugin.toUri().toString()));
    }

    @Test
    void twoVersionsOfABundleAreRefusedByName() throws Exception {
        bundle("a-1.jar", "io.levada.a", "1.0.0");
        bundle("a-2.jar", "io.levada.a", "2.0.0");
        var error = assertThrows(LauncherException.class, this::sync);
        assertTrue(error.getMessage().contains("two versions of io.levada.a"), error.getMessage());
    }

    @Test
    void aJarThatIsNoBundleIsRefusedByName() throws Exception {
        try (var jar = new JarOutputStream(Files.newOutputStream(jars.resolve("plain.jar")), new Manifest())) {
            jar.flush();
        }
        var error = assertThrows(LauncherException.class, this::sync);
        assertTrue(error.getMessage().contains("plain.jar is no bundle"), error.getMessage());
    }

    private void sync() {
        new BundleSync(framework.getBundleContext(), jars, folder.resolve("memory")).run();
    }

    private void openFramework() throws BundleException {
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(
                        "org.osgi.framework.storage",
                        folder.resolve("cache").toString(),
                        "org.osgi.framework.startlevel.beginning",
                        Integer.toString(StartLevels.ALL)));
        framework.init();
    }

    private void restart() throws BundleException, InterruptedException {
        closeFramework();
        openFramework();
    }

    private Bundle installed(String name) {
        return framework.getBundleContext().getBundle("levada:" + name);
    }

    private int level(String name) {
        return installed(name).adapt(BundleStartLevel.class).getStartLevel();
    }

    private Path bundle(String file, String name, String version) throws IOException {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", name);
        attributes.putValue("Bundle-Version", version);
        var path = jars.resolve(file).normalize();
        try (var jar = new JarOutputStream(Files.newOutputStream(path), manifest)) {
            jar.flush();
        }
        return path;
    }
}
