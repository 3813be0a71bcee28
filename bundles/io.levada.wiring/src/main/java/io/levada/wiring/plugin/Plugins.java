/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the plugins as the files in {@code plugins/} say. File Install calls it on its own thread, one file at a time.
 *
 * <p>A changed file is a new version: it is installed beside the old one, started, and the stages of the running pipelines are
 * moved to it. When that fails at any point, the new one is uninstalled and the old one has never stopped.
 */
public final class Plugins implements ArtifactInstaller {

    /** Moves running stages. */
    public interface Mover {

        /**
         * Moves all stages that a bundle provides to another bundle that provides the same types.
         *
         * @return why they stay where they are; empty when they have moved
         */
        Optional<String> move(Bundle from, Bundle to);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    private final BundleContext context;
    private final Path folder;
    private final int startLevel;
    private final Mover mover;

    /** @param folder {@code plugins/} */
    public Plugins(BundleContext context, Path folder, int startLevel, Mover mover) {
        this.context = context;
        this.folder = folder;
        this.startLevel = startLevel;
        this.mover = mover;
    }

    /** Uninstalls what came from files that were deleted while the node was down. */
    public void forgetDeletedFiles() {
        for (var bundle : context.getBundles()) {
            var name = PluginJar.fileName(bundle);
            if (!name.isEmpty() && !Files.exists(folder.resolve(name))) {
                uninstall(bundle);
            }
        }
    }

    @Override
    public boolean canHandle(File file) {
        return file.getName().endsWith(".jar")
                && folder.equals(file.toPath().toAbsolutePath().normalize().getParent())
                && file.isFile()
                && BrokenPlugins.fault(file).isEmpty();
    }

    /** Also at each start of the node, for every file that is there. */
    @Override
    public void install(File file) throws IOException {
        var jar = PluginJar.of(file);
        var before = installed(file);
        var same = before.stream()
                .filter(bundle -> bundle.getLocation().equals(jar.location()))
                .findFirst();
        if (same.isPresent()) {
            start(same.get(), file);
            before.stream().filter(bundle -> bundle != same.get()).forEach(this::uninstall);
        } else if (before.isEmpty()) {
            add(jar);
        } else {
            replace(before.get(0), jar);
        }
    }

    @Override
    public void update(File file) throws IOException {
        install(file);
    }

    /** Stages of its types are drained and closed; the rest of their pipelines runs on. */
    @Override
    public void uninstall(File file) {
        installed(file).forEach(bundle -> {
            uninstall(bundle);
            LOG.info("{} is removed, with its file {}", name(bundle), file.getName());
        });
    }

    private List<Bundle> installed(File file) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getLocation().startsWith(PluginJar.prefix(file)))
                .toList();
    }

    private void add(PluginJar jar) throws IOException {
        try {
            var bundle = installBundle(jar);
            if (start(bundle, jar.file())) {
                LOG.info("{} is installed from {}", name(bundle), jar.file().getName());
                startOthers();
            }
        } catch (BundleException e) {
            LOG.warn("The plugin {} can't be installed: {}", jar.file(), e.getMessage());
        }
    }

    private void replace(Bundle old, PluginJar jar) throws IOException {
        if (old.getState() != Bundle.ACTIVE) {
            uninstall(old);
            add(jar);
            return;
        }
        Bundle fresh;
        try {
            fresh = installBundle(jar);
        } catch (BundleException e) {
            LOG.warn("{} stays, for {} can't be installed: {}", name(old), jar.file(), e.getMessage());
            return;
        }
        var fault = startFault(fresh).or(() -> mover.move(old, fresh));
        if (fault.isPresent()) {
            uninstall(fresh);
            LOG.warn("{} stays, for {} can't take its place: {}", name(old), jar.file(), fault.get());
        } else {
            var gone = name(old);
            uninstall(old);
            LOG.info("{} has taken the place of {}", name(fresh), gone);
        }
    }

    private Bundle installBundle(PluginJar jar) throws IOException, BundleException {
        try (var content = Files.newInputStream(jar.file().toPath())) {
            var bundle = context.installBundle(jar.location(), content);
            bundle.adapt(BundleStartLevel.class).setStartLevel(startLevel);
            return bundle;
        }
    }

    /** What could not be started before may find what it needs now. */
    private void startOthers() {
        for (var bundle : context.getBundles()) {
            var name = PluginJar.fileName(bundle);
            boolean waits = bundle.getState() == Bundle.INSTALLED || bundle.getState() == Bundle.RESOLVED;
            if (!name.isEmpty() && waits && startFault(bundle).isEmpty()) {
                LOG.info("{} is started now", name(bundle));
            }
        }
    }

    private static boolean start(Bundle bundle, File file) {
        var fault = startFault(bundle);
        fault.ifPresent(reason -> LOG.warn("The plugin {} is installed but does not start: {}", file, reason));
        return fault.isEmpty();
    }

    private static Optional<String> startFault(Bundle bundle) {
        try {
            bundle.start();
            return Optional.empty();
        } catch (BundleException e) {
            return Optional.of(StartFault.of(e));
        }
    }

    private void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException | IllegalStateException e) {
            LOG.warn("{} can't be uninstalled: {}", name(bundle), e.getMessage());
        }
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
