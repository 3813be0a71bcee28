/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.Controls;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.Plugins;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.StageTypeInfo;
import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.definition.LiteralPasswords;
import io.levada.wiring.definition.Text;
import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.graph.Engine;
import io.levada.wiring.plugin.BrokenPlugins;
import io.levada.wiring.plugin.ExitGuard;
import io.levada.wiring.plugin.PluginFolder;
import io.levada.wiring.plugin.PluginInstaller;
import io.levada.wiring.revision.KeptRevisions;
import io.levada.wiring.revision.Origins.Origin;
import io.levada.wiring.template.Templates;
import io.levada.wiring.type.DefinitionCheck;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.StageTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.MetaTypeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes pipelines of the configurations {@code io.levada.pipeline~NAME}. */
@Component(
        service = {ManagedServiceFactory.class, ConfigurationListener.class, Pipelines.class},
        property = "service.pid=" + Wiring.PID,
        immediate = true)
public final class Wiring implements ManagedServiceFactory, ConfigurationListener, Pipelines, StageTypes.Listener {

    /** The factory PID of pipelines. */
    static final String PID = PipelineFiles.PID;

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
    private static final long REMOVAL_NANOS = 4_000_000_000L;
    private static final long SHUTDOWN_NANOS = 10_000_000_000L;

    private final Map<String, Pipeline> pipelines = new ConcurrentSkipListMap<>();
    private final Map<String, SerialExecutor> executors = new ConcurrentHashMap<>();
    private final Appliers appliers = new Appliers();
    private final ScheduledExecutorService sampler;
    private final Configurations configurations;
    private final KeptRevisions revisions;
    private final Placeholders placeholders;
    private final Templates templates;

    /** The template of each pipeline that has one. */
    private final Map<String, String> templated = new ConcurrentHashMap<>();

    private final StageTypes types;
    private final Engine engine;
    private final List<ServiceRegistration<?>> plugins;
    private final ServiceRegistration<Controls> controls;

    @Activate
    public Wiring(
            BundleContext context,
            @Reference MetaTypeService metaTypes,
            @Reference ConfigurationAdmin configurations,
            @Reference KeptRevisions revisions,
            @Reference Templates templates,
            @Reference PipelineFiles files) {
        var home = Optional.ofNullable(context.getProperty("levada.home")).orElse(".");
        this.configurations = new Configurations(configurations);
        this.revisions = revisions;
        this.templates = templates;
        this.placeholders = new Placeholders(context);
        this.configurations.forgetDeletedFiles(pid -> forgotten(pid, "removed while the node was down"));
        this.configurations.readFiles(
                files,
                (pid, keys, file) -> revisions.origins().announce(name(pid), keys, "file " + file.getFileName()));
        this.types = new StageTypes(context, metaTypes, this);
        var homePath = Path.of(home).toAbsolutePath().normalize();
        var data = Optional.ofNullable(context.getProperty("levada.data")).map(Path::of);
        this.engine = Engine.start(homePath, data.orElse(homePath.resolve("data")), types, this.configurations::of);
        this.types.open();
        this.plugins = plugins(context, homePath);
        this.controls = context.registerService(Controls.class, new StageControls(pipelines), null);
        this.sampler = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "levada-sampler"));
        sampler.scheduleAtFixedRate(() -> pipelines.values().forEach(Pipeline::sample), 1, 1, TimeUnit.SECONDS);
        sampler.scheduleAtFixedRate(appliers::look, 1, 1, TimeUnit.SECONDS);
    }

    private List<ServiceRegistration<?>> plugins(BundleContext context, Path home) {
        var level = Optional.ofNullable(context.getProperty("felix.fileinstall.start.level"))
                .map(Integer::valueOf);
        var folder = home.resolve("plugins");
        var installer = new PluginInstaller(context, folder, level.orElse(1), new Move(types, pipelines::values));
        installer.forgetDeletedFiles();
        var broken = new BrokenPlugins();
        var first = FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_RANKING, 1000));
        var last = FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_RANKING, -1000));
        return List.of(
                context.registerService(WeavingHook.class, new ExitGuard(), null),
                context.registerService(ArtifactInstaller.class, installer, first),
                context.registerService(ArtifactInstaller.class, broken, last),
                context.registerService(Plugins.class, new PluginFolder(folder, installer, broken), null));
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Drains and closes all pipelines, in bounded time. */
    @Deactivate
    void deactivate() {
        plugins.forEach(ServiceRegistration::unregister);
        controls.unregister();
        sampler.shutdownNow();
        var all = pipelines.values().stream().map(Pipeline::remove).toList();
        await(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)), SHUTDOWN_NANOS, "pipelines");
        types.close();
        appliers.shutdown();
        engine.close();
    }

    @Override
    public String getName() {
        return "Levada pipelines";
    }

    /**
     * Only enqueues. By Config Admin's thread, and by that of its events for what becomes of a changed template: in the order in
     * which they looked.
     */
    @Override
    public synchronized void updated(String pid, Dictionary<String, ?> properties) {
        long came = System.nanoTime();
        var name = name(pid);
        var raw = configurations.unprocessed(pid);
        for (var key : LiteralPasswords.in(raw)) {
            LOG.warn(
                    "{}: {} holds a password in plain text; put it into a file etc/secrets/NAME and write $[secret:NAME]",
                    name,
                    key);
        }
        var origin = revisions.origins().of(name, raw, Configurations.file(properties));
        templated.remove(name);
        var offer = raw.containsKey(Templates.KEY)
                ? ofTemplate(name, raw, origin, came)
                : Offer.of(Text.of(properties), raw, origin, came);
        pipelines.computeIfAbsent(name, this::make).define(offer);
    }

    private Offer ofTemplate(String name, Map<String, String> configured, Origin origin, long came) {
        templated.put(name, configured.get(Templates.KEY).strip());
        var expansion = templates.expand(name, configured);
        var raw = expansion.keys();
        return expansion.findings().isEmpty()
                ? Offer.of(placeholders.filledIn(PID + "~" + name, raw), raw, configured, origin, came)
                : Offer.refused(configured, expansion.findings(), origin);
    }

    /** Each of the pipelines takes what becomes of it, or refuses it and goes on as before. */
    private void templateChanged(String template) {
        for (var entry : List.copyOf(templated.entrySet())) {
            if (entry.getValue().equals(template)) {
                var pid = PID + "~" + entry.getKey();
                revisions.origins().suppose(entry.getKey(), configurations.unprocessed(pid), "template " + template);
                again(pid);
            }
        }
    }

    private synchronized void again(String pid) {
        configurations.find(pid, any -> true).ifPresent(properties -> updated(pid, properties));
    }

    private Pipeline make(String name) {
        var history = new History(name, revisions.store(), keys -> placeholders.filledIn(PID + "~" + name, keys));
        return new Pipeline(name, engine, executor(name), history);
    }

    @Override
    public synchronized void deleted(String pid) {
        var gone = pipelines.remove(name(pid));
        if (gone != null) {
            templated.remove(gone.name());
            gone.remove();
            executor(gone.name()).execute(() -> {
                forgotten(pid, revisions.origins().ofRemoval(gone.name()));
                executors.computeIfPresent(
                        gone.name(), (name, its) -> pipelines.containsKey(name) ? its : null); // it has stopped
            });
        }
    }

    /** What ran before does not come back when the name is used again. */
    private void forgotten(String pid, String how) {
        if (pid.startsWith(PID + "~")) {
            revisions.store().add(name(pid), how, Map.of());
        }
        // what is told twice is done once
        configurations.find(pid, any -> true).ifPresent(properties -> updated(pid, properties));
    }

    /**
     * When a pipeline's configuration is deleted and made anew at once, File Install may ask for it in between. Then Config
     * Admin makes one of that PID which is not of the factory, and tells nobody but listeners of what follows.
     */
    @Override
    public void configurationEvent(ConfigurationEvent event) {
        var pid = event.getPid();
        if (Templates.PID.equals(event.getFactoryPid())) {
            templateChanged(name(pid));
        }
        if (event.getFactoryPid() != null || !pid.startsWith(PID + "~")) {
            return;
        }
        switch (event.getType()) {
            case ConfigurationEvent.CM_UPDATED -> configurations
                    .find(pid, Configurations::stray)
                    .ifPresent(properties -> updated(pid, properties));
            case ConfigurationEvent.CM_DELETED -> deleted(pid);
            default -> {}
        }
    }

    /** The same executor for a pipeline and the next of its name, so that it waits for the one before to stop. */
    private SerialExecutor executor(String name) {
        return executors.computeIfAbsent(name, unused -> new SerialExecutor(appliers));
    }

    private static String name(String pid) {
        int tilde = pid.indexOf('~');
        return tilde < 0 ? pid.substring(pid.lastIndexOf('.') + 1) : pid.substring(tilde + 1);
    }

    @Override
    public void added(StageTypeEntry entry) {
        pipelines.values().forEach(pipeline -> pipeline.typeAdded(entry));
    }

    /** Waits, in bounded time, until no instance is left: their code is about to go. */
    @Override
    public void removed(StageTypeEntry entry) {
        var all = pipelines.values().stream()
                .map(pipeline -> pipeline.typeRemoved(entry))
                .toArray(CompletableFuture[]::new);
        await(CompletableFuture.allOf(all), REMOVAL_NANOS, "instances of " + entry.name());
    }

    private static void await(CompletableFuture<Void> future, long nanos, String what) {
        try {
            future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.error("Some {} did not end within {} s", what, nanos / 1_000_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("Some {} could not be ended", what, e.getCause());
        }
    }

    @Override
    public List<PipelineStatus> pipelines() {
        return pipelines.values().stream().map(Pipeline::status).toList();
    }

    @Override
    public Optional<PipelineStatus> pipeline(String name) {
        return Optional.ofNullable(pipelines.get(name)).map(Pipeline::status);
    }

    @Override
    public List<StageTypeInfo> stageTypes() {
        var all = new ArrayList<StageTypeInfo>(types.all());
        types.names().stream()
                .filter(types::isRole)
                .map(role -> new Role(role, types.providers(role)))
                .forEach(all::add);
        all.sort(Comparator.comparing(StageTypeInfo::name));
        return all;
    }

    @Override
    public List<Problem> check(String name, Map<String, String> definition) {
        var expansion = templates.expand(name, definition);
        if (!expansion.findings().isEmpty()) {
            return List.copyOf(expansion.findings());
        }
        var reader = new DefinitionReader();
        var read = reader.read(name, placeholders.filledIn(PID + "~" + name, expansion.keys()));
        var problems = new ArrayList<Problem>(reader.findings());
        problems.addAll(DefinitionCheck.check(types, read));
        engine.shared().crossings().cycle(read).ifPresent(problems::add);
        return problems;
    }
}
