/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.definition.Text;
import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.revision.KeptRevisions;
import io.levada.wiring.revision.PipelineWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what others than File Install change in a configuration into the file it belongs to, as a whole or not at all; File
 * Install would write every file it has just read once more, in place. Says who it was, for the pipeline's revisions. Called
 * on the thread of the change.
 */
@Component(service = SynchronousConfigurationListener.class, immediate = true)
public final class WriteBack implements SynchronousConfigurationListener {

    private static final Logger LOG = LoggerFactory.getLogger(WriteBack.class);
    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final String WITH_ITS_FILE = "removed with its file";
    private static final int LOOK_SECONDS = 2;
    private static final String FILE_INSTALL = "org.apache.felix.fileinstall";

    /** Who passes changes on. */
    private static final Set<String> BETWEEN = Set.of("org.apache.felix.configadmin", "io.levada.wiring");

    private final ConfigurationAdmin configurations;
    private final PipelineFiles files;
    private final KeptRevisions revisions;

    /** By PID, for a configuration that is gone can't be asked. */
    private final Map<String, Path> known = new ConcurrentHashMap<>();

    /** The files that were not there when they were last looked at. */
    private Set<String> missing = Set.of();

    private final ScheduledExecutorService looks;

    @Activate
    public WriteBack(
            @Reference ConfigurationAdmin configurations,
            @Reference PipelineFiles files,
            @Reference KeptRevisions revisions) {
        this.configurations = configurations;
        this.files = files;
        this.revisions = revisions;
        for (var configuration : list("(" + PipelineFiles.FILE + "=*)")) {
            PipelineFiles.of(configuration.getProperties()).ifPresent(file -> known.put(configuration.getPid(), file));
        }
        this.looks = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "levada-files");
            thread.setDaemon(true);
            return thread;
        });
        looks.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() {
        looks.shutdownNow();
    }

    /**
     * Removes the configurations whose files are gone for longer than it takes to replace one. File Install does it sooner for
     * the files that it has seen, but one that came and went between two of its looks it has not.
     */
    private void look() {
        var gone = known.entrySet().stream()
                .filter(entry -> Files.notExists(entry.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        for (var pid : gone) {
            if (missing.contains(pid)) {
                Arrays.stream(list("(service.pid=" + pid + ")")).forEach(this::remove);
            }
        }
        missing = gone;
    }

    private void remove(Configuration configuration) {
        try {
            pipeline(configuration.getPid())
                    .ifPresent(name -> revisions.origins().suppose(name, Map.of(), WITH_ITS_FILE));
            configuration.delete();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("{} is removed already: {}", configuration, e.toString());
        }
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        var who = caller();
        switch (event.getType()) {
            case ConfigurationEvent.CM_UPDATED -> updated(event.getPid(), who);
            case ConfigurationEvent.CM_DELETED -> deleted(event.getPid(), who);
            default -> {}
        }
    }

    private void updated(String pid, String who) {
        for (var configuration : list("(service.pid=" + pid + ")")) {
            var properties = configuration.getProperties();
            var file = PipelineFiles.of(properties);
            file.ifPresentOrElse(path -> known.put(pid, path), () -> known.remove(pid));
            var keys = Text.of(properties);
            var origin = file.filter(path -> who.equals(FILE_INSTALL))
                    .map(path -> "file " + path.getFileName())
                    .orElse(named(who));
            pipeline(pid).ifPresent(name -> revisions.origins().suppose(name, keys, origin));
            if (!who.equals(FILE_INSTALL) && !written()) {
                file.filter(Files::isRegularFile).ifPresent(path -> write(path, keys));
            }
        }
    }

    /**
     * Whether who makes the change has written the file already. What is configured can be older than that by now, as File
     * Install may just have taken what was there before: it would take the place of the newer text.
     */
    private static boolean written() {
        return CALLERS.walk(
                frames -> frames.anyMatch(frame -> frame.getDeclaringClass().equals(PipelineWriter.class)));
    }

    private void write(Path file, Map<String, String> keys) {
        try {
            var before = files.read(file).orElse("");
            var text = files.parse(before).saying(keys);
            if (!text.equals(before)) {
                files.write(file, text);
            }
        } catch (IOException e) {
            LOG.warn("{} does not say what is configured now, and will win at the next start: {}", file, e.toString());
        }
    }

    private void deleted(String pid, String who) {
        var file = Optional.ofNullable(known.remove(pid));
        var how = who.equals(FILE_INSTALL) ? WITH_ITS_FILE : "removed by " + named(who);
        pipeline(pid).ifPresent(name -> revisions.origins().suppose(name, Map.of(), how));
        if (!who.equals(FILE_INSTALL)) {
            file.ifPresent(WriteBack::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} is still there and will be read at the next start: {}", file, e.toString());
        }
    }

    private static Optional<String> pipeline(String pid) {
        return pid.startsWith(Wiring.PID + "~") ? Optional.of(pid.substring(pid.indexOf('~') + 1)) : Optional.empty();
    }

    /** The symbolic name of the bundle that makes the change. */
    private static String caller() {
        return CALLERS.walk(frames -> frames.map(frame -> FrameworkUtil.getBundle(frame.getDeclaringClass()))
                .filter(bundle -> bundle != null && bundle.getBundleId() != 0)
                .map(Bundle::getSymbolicName)
                .filter(name -> !BETWEEN.contains(name))
                .findFirst()
                .orElse("io.levada.wiring"));
    }

    private static String named(String bundle) {
        return switch (bundle) {
            case "org.apache.felix.webconsole" -> "console";
            case "org.apache.felix.gogo.runtime", "org.apache.felix.gogo.command" -> "shell";
            default -> "API, " + bundle;
        };
    }

    private Configuration[] list(String filter) {
        try {
            var found = configurations.listConfigurations(filter);
            return found == null ? new Configuration[0] : found;
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            LOG.warn("The configurations {} can't be read: {}", filter, e.getMessage());
            return new Configuration[0];
        }
    }
}
