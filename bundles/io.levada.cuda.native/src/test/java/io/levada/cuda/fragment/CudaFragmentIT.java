/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.fragment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Inspects the assembled fragment. */
class CudaFragmentIT {

    private static final long MOST_BYTES = 2_000_000;

    private final File jar = new File(System.getProperty("main.jar"));

    @Test
    void isAFragmentOfJavaCppThatExportsCuda() throws IOException {
        try (var file = new JarFile(jar)) {
            var manifest = file.getManifest().getMainAttributes();
            assertTrue(manifest.getValue("Fragment-Host").startsWith("org.bytedeco.javacpp;"));
            assertTrue(manifest.getValue("Export-Package").contains("org.bytedeco.cuda.cudart;version=\"13.1.0\""));
            assertTrue(manifest.getValue("Export-Package").contains("org.bytedeco.cuda.global;version=\"13.1.0\""));
            assertNotNull(file.getEntry("org/bytedeco/cuda/global/cudart.class"));
            assertNotNull(file.getEntry("org/bytedeco/cuda/global/nvrtc.class"));
            assertNotNull(file.getEntry("org/bytedeco/cuda/presets/nvrtc.class"));
        }
    }

    @Test
    void holdsTheTwoBindingsAndNothingOfNvidias() throws IOException {
        try (var file = new JarFile(jar)) {
            var natives = file.stream()
                    .map(entry -> entry.getName().replaceFirst(".*/", ""))
                    .filter(name -> name.matches(".*\\.(so[.0-9]*|dll)"))
                    .map(name -> name.replaceFirst("^lib", "").replaceFirst("\\..*", ""))
                    .sorted()
                    .toList();
            assertEquals(java.util.List.of("jnicudart", "jninvrtc"), natives);
        }
        assertTrue(jar.length() < MOST_BYTES, jar.length() + " bytes");
    }
}
