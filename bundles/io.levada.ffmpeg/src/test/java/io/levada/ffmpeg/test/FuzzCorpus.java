/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/** A module's inputs for its fuzz targets: {@code src/test/resources/fuzz/CLASS/WHAT-IS-SPECIAL-ABOUT-IT}. */
public final class FuzzCorpus {

    private static final Path FOLDER = Path.of("src/test/resources/fuzz");

    private FuzzCorpus() {}

    /** Each input as a test: its target takes it, as the fuzzer would. */
    public static Stream<DynamicNode> tests() {
        return list(FOLDER).stream().filter(Files::isDirectory).map(FuzzCorpus::target);
    }

    private static DynamicNode target(Path folder) {
        var name = folder.getFileName().toString();
        try {
            var method = Class.forName(name).getMethod("fuzzerTestOneInput", byte[].class);
            return DynamicContainer.dynamicContainer(
                    name.substring(name.lastIndexOf('.') + 1),
                    list(folder).stream()
                            .map(input -> DynamicTest.dynamicTest(
                                    input.getFileName().toString(), () -> take(method, input))));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no fuzz target " + name, e);
        }
    }

    private static void take(Method target, Path input) throws Throwable {
        try {
            target.invoke(null, (Object) Files.readAllBytes(input));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
