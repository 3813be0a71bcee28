/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import io.levada.api.stage.NearMiss;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;

/**
 * {@code plugins/} as others change it: a jar is first written beside, then taken, and only what was taken is renamed into place.
 * File Install then finds at work what it finds in the file.
 */
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"io.levada.api.pipeline.Plugins\"")
public final class PluginFolder implements Plugins {

    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}\\.jar");
    private static final long MOST_BYTES = 512_000_000;

    private final Path folder;
    private final PluginInstaller installer;
    private final BrokenPlugins broken;

    public PluginFolder(Path folder, PluginInstaller installer, BrokenPlugins broken) {
        this.folder = folder;
        this.installer = installer;
        this.broken = broken;
    }

    private record Status(
            String file, String bundle, String version, OptionalLong bundleId, boolean running, String problem)
            implements PluginStatus {}

    @Override
    public List<PluginStatus> list() {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .map(this::status)
                    .toList();
        } catch (IOException e) {
            return List.of(); // there is no such folder
        }
    }

    private PluginStatus status(String file) {
        var problem = Stream.of(installer.problem(file), broken.problem(file))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        return installer.installed(file).stream()
                .min(Comparator.comparing(Bundle::getBundleId))
                .<PluginStatus>map(bundle -> new Status(
                        file,
                        bundle.getSymbolicName(),
                        bundle.getVersion().toString(),
                        OptionalLong.of(bundle.getBundleId()),
                        bundle.getState() == Bundle.ACTIVE,
                        problem))
                .orElseGet(() -> new Status(file, "", "", OptionalLong.empty(), false, problem));
    }

    @Override
    public synchronized PluginStatus install(String file, InputStream jar) throws IOException {
        if (!FILE_NAME.matcher(file).matches()) {
            throw new IOException(
                    "'" + file + "' is no name for a plugin's file: use letters, digits, dots and dashes, and"
                            + " end in .jar, such as plates-2.1.jar");
        }
        Files.createDirectories(folder);
        var written = folder.resolve(file + ".tmp");
        try {
            write(jar, written); // it may come slowly: nobody else's plugin waits for it
            return take(file, written);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private PluginStatus take(String file, Path written) throws IOException {
        synchronized (installer) {
            var fault = BrokenPlugins.fault(written.toFile());
            if (fault.isEmpty()) {
                fault = installer.take(PluginJar.of(folder.resolve(file).toFile(), written), false);
            }
            if (fault.isPresent()) {
                throw new IOException(file + " is not taken: " + fault.get());
            }
            Files.move(written, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
            return status(file);
        }
    }

    private static void write(InputStream jar, Path file) throws IOException {
        try (var out = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                var bytes = Channels.newOutputStream(out)) {
            var buffer = new byte[1 << 16];
            long size = 0;
            for (int count = jar.read(buffer); count >= 0; count = jar.read(buffer)) {
                size += count;
                if (size > MOST_BYTES) {
                    throw new IOException("a plugin of more than " + MOST_BYTES / 1_000_000
                            + " MB is refused; keep models" + " and other data in files of their own");
                }
                bytes.write(buffer, 0, count);
            }
            out.force(true);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public PluginStatus update(String plugin, InputStream jar) throws IOException {
        return install(fileOf(plugin), jar);
    }

    @Override
    public void remove(String plugin) throws IOException {
        var file = fileOf(plugin);
        synchronized (installer) {
            Files.deleteIfExists(folder.resolve(file));
            sync(folder);
            installer.uninstall(new File(folder.toFile(), file));
        }
    }

    private String fileOf(String plugin) throws IOException {
        var all = list();
        var found = all.stream()
                .filter(one -> one.file().equals(plugin) || one.bundle().equals(plugin))
                .map(PluginStatus::file)
                .toList();
        if (found.size() > 1) {
            throw new IOException(plugin + " is in more than one file; say which: " + String.join(", ", found));
        }
        if (found.isEmpty()) {
            var names = all.stream().map(PluginStatus::file).toList();
            throw new IOException("there is no plugin " + plugin + NearMiss.hint(plugin, names)
                    + (names.isEmpty() ? "; plugins/ is empty" : "; there are: " + String.join(", ", names)));
        }
        return found.get(0);
    }
}
