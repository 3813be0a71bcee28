/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What the assembled distribution holds. */
class DistributionIT {

    private static final Path HOME = Path.of(System.getProperty("levada.distribution"));
    private static final Set<String> MAY_EXPORT = Set.of(
            "io.levada.api",
            "io.levada.ffmpeg",
            "io.levada.ffmpeg.native",
            "io.levada.onnxruntime.native",
            "io.levada.cuda",
            "io.levada.cuda.native",
            "io.levada.testkit");

    @Test
    void onlyTheApiAndTheNativeLayersExportPackages() throws IOException {
        var others = new ArrayList<String>();
        for (var bundle : bundles()) {
            try (var jar = new JarFile(bundle.toFile())) {
                var headers = jar.getManifest().getMainAttributes();
                var name = headers.getValue("Bundle-SymbolicName").split(";")[0];
                if (name.startsWith("io.levada.")
                        && !MAY_EXPORT.contains(name)
                        && headers.getValue("Export-Package") != null) {
                    others.add(name + " exports " + headers.getValue("Export-Package"));
                }
            }
        }
        assertEquals(List.of(), others);
    }

    @Test
    void carriesTheNativesOfOnePlatformOnly() throws IOException {
        var natives = bundles().stream()
                .map(b -> b.getFileName().toString())
                .filter(name -> name.startsWith("javacpp-") && name.matches(".*(linux|macosx|windows).*"))
                .toList();
        assertEquals(1, natives.size(), natives.toString());
    }

    @Test
    void saysUnderWhichLicencesItComes() throws IOException {
        assertTrue(Files.readString(HOME.resolve("LICENSE")).contains("Apache License"));
        assertTrue(Files.readString(HOME.resolve("NOTICE")).contains("GNU General Public License"));
        assertTrue(Files.readString(HOME.resolve("media/ATTRIBUTION")).contains("Intel Corporation"));
    }

    @Test
    void secretsAndDataAreTheOwnersAlone() throws IOException {
        for (var folder : List.of("data", "etc/secrets")) {
            var permissions = Files.getPosixFilePermissions(HOME.resolve(folder));
            assertFalse(permissions.toString().matches(".*(GROUP|OTHERS).*"), folder + " " + permissions);
        }
    }

    private static List<Path> bundles() throws IOException {
        try (var files = Files.list(HOME.resolve("bundles"))) {
            return files.toList();
        }
    }
}
