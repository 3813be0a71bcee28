/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import jakarta.servlet.http.Part;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.osgi.framework.Constants;

/**
 * A bundle as it was uploaded.
 *
 * @param fileName the user's, without folders
 * @param stages whether it declares components that are stages
 */
record UploadedJar(Part part, String fileName, String symbolicName, String version, boolean stages) {

    private static final String SERVICE_COMPONENT = "Service-Component";
    private static final String STAGE_TYPE = "levada.stage.type";

    /** Empty for what is no bundle. */
    static Optional<UploadedJar> of(Part part) throws IOException {
        var file = Files.createTempFile("levada-upload", ".jar"); // the list of entries is at a jar's end
        try (var content = part.getInputStream()) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            return read(part, file);
        } finally {
            Files.delete(file);
        }
    }

    private static Optional<UploadedJar> read(Part part, Path file) {
        try (var jar = new JarFile(file.toFile(), false)) {
            var manifest = jar.getManifest();
            if (manifest == null) {
                return Optional.empty();
            }
            var headers = manifest.getMainAttributes();
            var symbolicName = header(headers, Constants.BUNDLE_SYMBOLICNAME)
                    .split(";", 2)[0]
                    .strip();
            return symbolicName.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new UploadedJar(
                            part,
                            fileName(part),
                            symbolicName,
                            header(headers, Constants.BUNDLE_VERSION).strip(),
                            stages(jar, header(headers, SERVICE_COMPONENT))));
        } catch (IOException | IllegalArgumentException e) { // no jar, or one with impossible names
            return Optional.empty();
        }
    }

    /** Some browsers send the user's folders along. */
    private static String fileName(Part part) {
        var name = Optional.ofNullable(part.getSubmittedFileName()).orElse("");
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    private static String header(Attributes headers, String name) {
        return Optional.ofNullable(headers.getValue(name)).orElse("");
    }

    /** @param components paths, of which the last part may have wildcards (Declarative Services, 112.4.1) */
    private static boolean stages(JarFile jar, String components) throws IOException {
        List<PathMatcher> paths = Arrays.stream(components.split(","))
                .map(path -> path.split(";", 2)[0].strip())
                .filter(path -> !path.isEmpty())
                .map(path -> FileSystems.getDefault().getPathMatcher("glob:" + path))
                .toList();
        for (var entry : Collections.list(jar.entries())) {
            var path = Path.of(entry.getName());
            if (paths.stream().anyMatch(pattern -> pattern.matches(path)) && isStage(jar, entry)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStage(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream content = new BufferedInputStream(jar.getInputStream(entry))) {
            var factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            var xml = factory.createXMLStreamReader(content);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT
                        && xml.getLocalName().equals("property")
                        && STAGE_TYPE.equals(xml.getAttributeValue(null, "name"))) {
                    return true;
                }
            }
            return false;
        } catch (XMLStreamException e) {
            return false; // no component then
        }
    }
}
