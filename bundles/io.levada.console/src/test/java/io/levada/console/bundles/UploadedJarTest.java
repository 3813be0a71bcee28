/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadedJarTest {

    private static final String STAGE =
            """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="acme">
              <property name="levada.stage.type" type="String" value="analyzer.acme"/>
            </scr:component>
            """;

    private static final Map<String, String> HEADERS =
            Map.of("Bundle-SymbolicName", "acme.plates;singleton:=true", "Bundle-Version", "2.1.0");

    /** A file in a form. */
    private record File(String name, byte[] bytes) implements Part {

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public String getSubmittedFileName() {
            return name;
        }

        @Override
        public String getName() {
            return "bundlefile";
        }

        @Override
        public String getContentType() {
            return "application/java-archive";
        }

        @Override
        public long getSize() {
            return bytes.length;
        }

        @Override
        public void write(String fileName) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete() {}

        @Override
        public String getHeader(String name) {
            return null;
        }

        @Override
        public Collection<String> getHeaders(String name) {
            return List.of();
        }

        @Override
        public Collection<String> getHeaderNames() {
            return List.of();
        }
    }

    private static byte[] jar(Map<String, String> headers, Map<String, String> entries) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach((name, value) -> manifest.getMainAttributes().put(new Attributes.Name(name), value));
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, manifest)) {
            for (var entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static Optional<UploadedJar> read(String name, byte[] bytes) throws IOException {
        return UploadedJar.of(new File(name, bytes));
    }

    private static boolean stages(String components, Map<String, String> entries) throws IOException {
        var headers = Map.of("Bundle-SymbolicName", "acme.plates", "Service-Component", components);
        return read("acme.jar", jar(headers, entries)).orElseThrow().stages();
    }

    @Test
    void aBundleIsKnownByItsManifest() throws IOException {
        var jar = read("C:\\My downloads\\plates.jar", jar(HEADERS, Map.of())).orElseThrow();
        assertEquals("plates.jar", jar.fileName());
        assertEquals("acme.plates", jar.symbolicName());
        assertEquals("2.1.0", jar.version());
        assertFalse(jar.stages());
    }

    @Test
    void whatIsNoBundleIsNotRead() throws IOException {
        assertEquals(Optional.empty(), read("text.jar", "no jar".getBytes(StandardCharsets.UTF_8)));
        assertEquals(Optional.empty(), read("plain.jar", jar(Map.of("Main-Class", "acme.Main"), Map.of())));
        var whole = jar(HEADERS, Map.of("OSGI-INF/a.xml", STAGE));
        assertEquals(Optional.empty(), read("cut.jar", Arrays.copyOf(whole, whole.length / 2)));
    }

    @Test
    void aComponentWithAStageTypeMakesItAPlugin() throws IOException {
        assertTrue(stages("OSGI-INF/other.xml, OSGI-INF/a.xml", Map.of("OSGI-INF/a.xml", STAGE)));
        assertTrue(stages("OSGI-INF/*.xml", Map.of("OSGI-INF/a.xml", STAGE)));
    }

    @Test
    void otherComponentsAndFilesThatAreNoneDoNot() throws IOException {
        assertFalse(stages("OSGI-INF/a.xml", Map.of("OSGI-INF/a.xml", STAGE.replace("stage.type", "other"))));
        assertFalse(stages("OSGI-INF/a.xml", Map.of("OSGI-INF/b.xml", STAGE)));
        assertFalse(stages("OSGI-INF/*.xml", Map.of("OSGI-INF/deep/a.xml", STAGE)));
        assertFalse(stages("OSGI-INF/a.xml", Map.of("OSGI-INF/a.xml", "<scr:component")));
    }

    @Test
    void aComponentCanNotHaveTheNodesFilesRead(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("property"), "<property name=\"levada.stage.type\"/>");
        var hostile = "<!DOCTYPE c [<!ENTITY x SYSTEM \"" + file.toUri() + "\">]><c>&x;</c>";
        assertFalse(stages("OSGI-INF/a.xml", Map.of("OSGI-INF/a.xml", hostile)));
    }
}
