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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bundles of plugins as the files in {@code plugins/} say. File Install calls it on its own thread, {@link PluginFolder}
 * on any; one file at a time.
 *
 * <p>A changed file is a new version: it is installed beside the old one, started, and the stages of the running pipelines are
 * moved to it. When that fails at any point, the new one is uninstalled and the old one has never stopped.
 */
public final class PluginInstaller implements ArtifactInstaller {

    /** Moves running stages. */
    public interface Mover {

        /**
         * Moves all stages that a bundle provides to another bundle that provides the same types.
         *
         * @return why they stay where they are; empty when they have moved
         */
        Optional<String> move(Bundle from, Bundle to);

        /** Moves the stages that a bundle provides to whoever else provides the same types, where somebody does. */
        void moveAway(Bundle from);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PluginInstaller.class);

    private final BundleContext context;
    private final Path folder;
    private final int startLevel;
    private final Mover mover;
    /** By file name: why what is in it now is not at work. */
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    /** @param folder {@code plugins/} */
    public PluginInstaller(BundleContext context, Path folder, int startLevel, Mover mover) {
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
        take(PluginJar.of(file), true);
    }

    @Override
    public void update(File file) throws IOException {
        install(file);
    }

    /** Stages of its types move to another provider, or are drained and closed; the rest of their pipelines runs on. */
    @Override
    public synchronized void uninstall(File file) {
        problems.remove(file.getName());
        installed(file.getName()).forEach(bundle -> {
            mover.moveAway(bundle);
            uninstall(bundle);
            LOG.info("{} is removed, with its file {}", name(bundle), file.getName());
        });
    }

    /**
     * Has the content of a file at work.
     *
     * @param keep whether the file stays what it is: then a bundle that does not start, and takes nobody's place, stays
     *     installed, as what it misses may come
     * @return why it is not; empty when it is
     */
    synchronized Optional<String> take(PluginJar jar, boolean keep) throws IOException {
        var before = installed(jar.file().getName());
        var same = before.stream()
                .filter(bundle -> bundle.getLocation().equals(jar.location()))
                .findFirst();
        Optional<String> fault;
        if (same.isPresent()) {
            fault = keep && isStopped(same.get()) ? Optional.empty() : startFault(same.get());
            fault.ifPresent(
                    reason -> LOG.warn("The plugin {} is installed but does not start: {}", jar.file(), reason));
            before.stream().filter(bundle -> bundle != same.get()).forEach(this::uninstall);
        } else if (before.isEmpty()) {
            fault = add(jar, keep);
        } else {
            fault = replace(before.get(0), jar, keep);
        }
        if (fault.isEmpty()) {
            problems.remove(jar.file().getName());
        } else if (keep) {
            problems.put(jar.file().getName(), fault.get());
        }
        return fault;
    }

    /** The bundles from a file: one, or while it is replaced two. */
    List<Bundle> installed(String fileName) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getLocation().startsWith(PluginJar.prefix(fileName)))
                .toList();
    }

    /** Why what is in a file is not at work; empty when it is. */
    String problem(String fileName) {
        var bundles = installed(fileName);
        return !bundles.isEmpty() && bundles.stream().allMatch(PluginInstaller::isStopped)
                ? "it was stopped; start it on the console's Bundles page"
                : problems.getOrDefault(fileName, "");
    }

    private Optional<String> add(PluginJar jar, boolean keep) throws IOException {
        try {
            var bundle = installBundle(jar);
            var fault = startFault(bundle);
            if (fault.isEmpty()) {
                LOG.info("{} is installed from {}", name(bundle), jar.file().getName());
                startOthers();
            } else {
                LOG.warn("The plugin {} is installed but does not start: {}", jar.file(), fault.get());
                if (!keep) {
                    uninstall(bundle);
                }
            }
            return fault;
        } catch (BundleException e) {
            LOG.warn("The plugin {} can't be installed: {}", jar.file(), e.getMessage());
            return Optional.of("it can't be installed: " + e.getMessage());
        }
    }

    private Optional<String> replace(Bundle old, PluginJar jar, boolean keep) throws IOException {
        if (old.getState() != Bundle.ACTIVE && keep) {
            uninstall(old);
            return add(jar, true);
        }
        Bundle fresh;
        try {
            fresh = installBundle(jar);
        } catch (BundleException e) {
            LOG.warn("{} stays, for {} can't be installed: {}", name(old), jar.file(), e.getMessage());
            return Optional.of(name(old) + " stays, for this can't be installed: " + e.getMessage());
        }
        var fault = startFault(fresh).or(() -> mover.move(old, fresh));
        if (fault.isPresent()) {
            LOG.warn("{} stays, for {} can't take its place: {}", name(old), name(fresh), fault.get());
            uninstall(fresh);
            return Optional.of(name(old) + " stays, for " + name(fresh) + " can't take its place: " + fault.get());
        }
        var gone = name(old);
        uninstall(old);
        LOG.info("{} has taken the place of {}", name(fresh), gone);
        startOthers();
        return Optional.empty();
    }

    private Bundle installBundle(PluginJar jar) throws IOException, BundleException {
        try (var content = Files.newInputStream(jar.content())) {
            var bundle = context.installBundle(jar.location(), content);
            bundle.adapt(BundleStartLevel.class).setStartLevel(startLevel);
            return bundle;
        }
    }

    /** What could not be started before may find what it needs now. */
    private void startOthers() {
        for (var bundle : context.getBundles()) {
            var file = PluginJar.fileName(bundle);
            boolean waits = bundle.getState() == Bundle.INSTALLED || bundle.getState() == Bundle.RESOLVED;
            if (!file.isEmpty()
                    && waits
                    && !isStopped(bundle)
                    && startFault(bundle).isEmpty()) {
                problems.remove(file);
                LOG.info("{} is started now", name(bundle));
            }
        }
    }

    /** Whether somebody has stopped it, which a restart of the node does not change. What can't be started yet is not stopped. */
    private static boolean isStopped(Bundle bundle) {
        return !bundle.adapt(BundleStartLevel.class).isPersistentlyStarted();
    }

    private Optional<String> startFault(Bundle bundle) {
        try {
            bundle.start();
            return Optional.empty();
        } catch (BundleException e) {
            return Optional.of(StartFault.of(e, context));
        }
    }

    private void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException | IllegalStateException e) {
            LOG.warn("{} can't be uninstalled: {}", name(bundle), e.getMessage());
        }
    }

    static String name(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
