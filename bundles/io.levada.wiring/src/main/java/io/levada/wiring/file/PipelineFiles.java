/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.file;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.felix.utils.properties.InterpolationHelper;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The files of the node's configuration directory that hold pipelines. Any thread. */
@Component(service = PipelineFiles.class)
public final class PipelineFiles {

    /** The factory PID of pipelines. */
    public static final String PID = "io.levada.pipeline";

    /** Where File Install keeps, in a configuration, the file it came from. */
    public static final String FILE = "felix.fileinstall.filename";

    private final Path etc;
    private final UnaryOperator<String> values;

    @Activate
    public PipelineFiles(BundleContext context) {
        this(
                Path.of(Optional.ofNullable(context.getProperty("levada.etc")).orElse("etc")),
                new InterpolationHelper.BundleContextSubstitutionCallback(context)::getValue);
    }

    /** @param values gives what stands for {@code ${NAME}} */
    public PipelineFiles(Path etc, UnaryOperator<String> values) {
        this.etc = etc.toAbsolutePath().normalize();
        this.values = values;
    }

    /** The file that a configuration belongs to. */
    public static Optional<Path> of(Dictionary<String, ?> properties) {
        return Optional.ofNullable(properties)
                .map(known -> known.get(FILE))
                .map(file -> URI.create(String.valueOf(file)))
                .filter(file -> "file".equals(file.getScheme()))
                .map(Path::of);
    }

    /** As File Install writes it. */
    public static String key(Path file) {
        return file.toFile().getAbsoluteFile().toURI().toString();
    }

    /** Where a new pipeline is written to. */
    public Path path(String pipeline) {
        return etc.resolve(PID + "-" + pipeline + ".cfg");
    }

    public PipelineText parse(String text) throws IOException {
        return PipelineText.of(text, values);
    }

    /** Empty when there is no such file. */
    public Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    public void write(Path file, String text) throws IOException {
        DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
