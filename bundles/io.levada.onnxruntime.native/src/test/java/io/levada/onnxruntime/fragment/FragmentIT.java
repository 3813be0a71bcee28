/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.onnxruntime.fragment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Inspects the assembled fragment. */
class FragmentIT {

    private static final Path JAR = Path.of(System.getProperty("fragment.jar"));
    private static final String NATIVES = "org/bytedeco/onnxruntime/" + System.getProperty("fragment.platform") + "/";

    @Test
    void isAFragmentOfJavaCppThatExportsOnnxRuntime() throws IOException {
        try (var file = new JarFile(JAR.toFile())) {
            var manifest = file.getManifest().getMainAttributes();
            assertEquals("io.levada.onnxruntime.native", manifest.getValue("Bundle-SymbolicName"));
            assertTrue(manifest.getValue("Fragment-Host").startsWith("org.bytedeco.javacpp;"));
            var exported = manifest.getValue("Export-Package");
            assertTrue(exported.contains("org.bytedeco.onnxruntime;version=\"1.24.1\""), exported);
            assertTrue(!exported.contains("dnnl") && !exported.contains("opencl"), exported);
            assertNotNull(file.getEntry("org/bytedeco/onnxruntime/global/onnxruntime.class"));
            assertNotNull(file.getEntry("org/bytedeco/dnnl/presets/dnnl.class"));
            assertNotNull(file.getEntry("META-INF/maven/org.bytedeco/onnxruntime/pom.properties"));
        }
    }

    @Test
    void holdsTheRuntimeAndItsBindingAndNothingOfOtherProviders() throws IOException {
        try (var file = new JarFile(JAR.toFile())) {
            var natives = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith(NATIVES) && !name.endsWith("/"))
                    .map(name -> name.substring(NATIVES.length()))
                    .toList();
            assertEquals(2, natives.size(), natives::toString);
            assertTrue(natives.stream().anyMatch(name -> name.contains("jnionnxruntime")), natives::toString);
        }
        assertTrue(Files.size(JAR) < 20_000_000, "oneDNN would make it 40 MB");
    }
}
