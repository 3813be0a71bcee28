/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import aQute.bnd.osgi.Builder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.tools.ToolProvider;

/** A plugin as its author's build makes it: by bnd, of packages on the class path or of sources. */
public final class PluginBundle {

    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<File> classPath = new ArrayList<>();

    /** @param packageName whose classes are in it */
    public PluginBundle(String symbolicName, String version, String packageName) {
        header("Bundle-SymbolicName", symbolicName);
        header("Bundle-Version", version);
        header("Private-Package", packageName);
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(new File(entry));
        }
    }

    public PluginBundle header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /**
     * Takes the classes from sources, compiled for it.
     *
     * @param sources a source folder
     * @param change what is different in each file's text
     * @param work a folder for what the compiler makes, which is emptied
     */
    public PluginBundle compiled(Path sources, UnaryOperator<String> change, Path work) {
        try {
            var files = new ArrayList<String>();
            Files.createDirectories(work);
            try (var all = Files.walk(sources)) {
                for (var file :
                        all.filter(one -> one.toString().endsWith(".java")).toList()) {
                    var copy = work.resolve(sources.relativize(file));
                    Files.createDirectories(copy.getParent());
                    Files.writeString(copy, change.apply(Files.readString(file)));
                    files.add(copy.toString());
                }
            }
            var arguments = new ArrayList<>(List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    work.toString()));
            arguments.addAll(files);
            if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
                throw new AssertionError(sources + " can't be compiled");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        classPath.add(0, work.toFile());
        return this;
    }

    /** Builds it and puts it in place as users should: written beside, then renamed. */
    public void drop(Path jar) {
        var written = jar.resolveSibling(jar.getFileName() + ".tmp");
        write(written);
        try {
            Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds it. */
    public Path write(Path jar) {
        try (var builder = new Builder()) {
            headers.forEach(builder::setProperty);
            for (var entry : classPath) {
                if (entry.exists()) {
                    builder.addClasspath(entry);
                }
            }
            var built = builder.build();
            if (!builder.getErrors().isEmpty()) {
                throw new AssertionError("bnd: " + builder.getErrors());
            }
            built.write(jar.toFile());
            return jar;
        } catch (Exception e) { // bnd throws anything
            throw new AssertionError(jar + " can't be built", e);
        }
    }
}
