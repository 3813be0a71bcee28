/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.fragment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Inspects the assembled fragments, of every platform that this build made. */
class FragmentIT {

    private static final List<String> LIBRARIES =
            List.of("avutil", "avcodec", "avformat", "avfilter", "avdevice", "swscale", "swresample");

    static Stream<Arguments> fragments() {
        var main = Path.of(System.getProperty("main.jar"));
        var fragments = new ArrayList<Arguments>();
        fragments.add(Arguments.of(System.getProperty("main.platform"), main));
        for (var platform : System.getProperty("other.platforms", "").split(",")) {
            if (!platform.isBlank()) {
                var name = main.getFileName().toString().replaceFirst("\\.jar$", "-" + platform + ".jar");
                fragments.add(Arguments.of(platform, main.resolveSibling(name)));
            }
        }
        return fragments.stream();
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void isAFragmentOfJavaCppThatExportsFfmpeg(String platform, Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var manifest = file.getManifest().getMainAttributes();
            assertEquals("io.levada.ffmpeg.native", manifest.getValue("Bundle-SymbolicName"));
            assertTrue(manifest.getValue("Fragment-Host").startsWith("org.bytedeco.javacpp;"));
            assertTrue(manifest.getValue("Export-Package").contains("org.bytedeco.ffmpeg.avcodec;version=\"8.0.1\""));
            assertTrue(manifest.getValue("Require-Capability").contains("osgi.native"));
            assertNotNull(file.getEntry("org/bytedeco/ffmpeg/global/avcodec.class"));
            assertNotNull(file.getEntry("META-INF/maven/org.bytedeco/ffmpeg/pom.properties"));
        }
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void holdsEveryLibraryAndItsBinding(String platform, Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var names = natives(file).map(JarEntry::getName).toList();
            for (var library : LIBRARIES) {
                var plain = "(lib)?" + library + "[-.].*";
                var binding = "(lib)?jni" + library + "\\..*";
                assertTrue(names.stream().anyMatch(n -> fileName(n).matches(plain)), library + " in " + names);
                assertTrue(
                        names.stream().anyMatch(n -> fileName(n).matches(binding)), "jni" + library + " in " + names);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void holdsNoOtherPlatformsNatives(String platform, Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            for (var entry : natives(file).toList()) {
                var folder = "org/bytedeco/ffmpeg/" + platform + "-gpl/";
                assertTrue(entry.getName().startsWith(folder), entry.getName());
                try (var in = file.getInputStream(entry)) {
                    assertEquals(MACHINES.get(platform), machine(in.readNBytes(4096)), entry.getName());
                }
            }
        }
    }

    private static final Map<String, String> MACHINES = Map.of(
            "linux-x86_64", "ELF 62",
            "linux-arm64", "ELF 183",
            "macosx-arm64", "Mach-O 16777228",
            "windows-x86_64", "PE 34404");

    /** The object format and its machine number, from the head of a binary. */
    private static String machine(byte[] head) {
        if (head[0] == 0x7f && head[1] == 'E') {
            return "ELF " + little(head, 18, 2);
        }
        if (head[0] == 'M' && head[1] == 'Z') {
            return "PE " + little(head, little(head, 60, 4) + 4, 2);
        }
        return little(head, 0, 4) == 0xfeedfacf ? "Mach-O " + little(head, 4, 4) : "unknown";
    }

    private static int little(byte[] bytes, int offset, int length) {
        int value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    private static Stream<JarEntry> natives(JarFile file) {
        return file.stream().filter(e -> e.getName().matches(".*\\.(so[.0-9]*|dylib|dll)"));
    }

    private static String fileName(String entry) {
        return entry.substring(entry.lastIndexOf('/') + 1);
    }
}
