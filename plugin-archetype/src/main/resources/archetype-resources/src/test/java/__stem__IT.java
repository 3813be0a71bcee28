package ${package};

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarFile;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.service.cm.ConfigurationAdmin;

/** The plugin's own jar in a node on a real Felix, with the bundles that the build puts into target/node. */
@RunWith(PaxExam.class)
public class ${stem}IT {

    /** From the class path, as in a node, for bundles written for version 2 and those for 1.7. */
    private static final String[] SLF4J = {
        "org.slf4j;version=2.0.17",
        "org.slf4j.event;version=2.0.17",
        "org.slf4j.helpers;version=2.0.17",
        "org.slf4j.spi;version=2.0.17",
        "org.slf4j;version=1.7.36",
        "org.slf4j.helpers;version=1.7.36"
    };

    private static final Duration SOON = Duration.ofSeconds(30);

    @Inject
    ConfigurationAdmin configurations;

    @Inject
    Pipelines pipelines;

    @Configuration
    public Option[] node() throws IOException {
        var options = new ArrayList<Option>();
        try (var jars = Files.list(Path.of(System.getProperty("node.bundles")))) {
            for (var jar : jars.sorted().toList()) {
                options.add(bundleOf(jar));
            }
        }
        options.add(bundleOf(Path.of(System.getProperty("plugin.jar"))));
        options.add(systemPackages(SLF4J));
        var home = Path.of("target").toAbsolutePath().toString();
        options.add(frameworkProperty("levada.home").value(home));
        options.add(frameworkProperty("levada.data").value(home + "/data"));
        options.add(junitBundles());
        return options.toArray(Option[]::new);
    }

    /** Fragments can't be started; File Install, which needs a directory to watch, is there for its classes only. */
    private static Option bundleOf(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var headers = file.getManifest().getMainAttributes();
            var option = bundle("reference:" + jar.toUri());
            return headers.getValue("Fragment-Host") != null
                            || jar.getFileName().toString().startsWith("org.apache.felix.fileinstall")
                    ? option.noStart()
                    : option;
        }
    }

    @Test
    public void worksInAPipeline() throws Exception {
        configure(
                "test",
#if($kind == "analyzer")
                Map.of(
                        "cam.type", "source.test",
                        "cam.tone", "0",
                        "mine.type", "analyzer.${name}",
                        "mine.from", "cam",
                        "mine.step", "2",
                        "end.type", "sink.null",
                        "end.from", "mine"));
        await(() -> stage("end").stream().anyMatch(stage -> stage.samplesIn() >= 25));
#elseif($kind == "source")
                Map.of(
                        "mine.type", "source.${name}",
                        "mine.width", "98",
                        "end.type", "sink.null",
                        "end.from", "mine"));
        await(() -> stage("end").stream().anyMatch(stage -> stage.samplesIn() >= 25));
#elseif($kind == "filter")
                Map.of(
                        "cam.type", "source.test",
                        "cam.tone", "0",
                        "mine.type", "filter.${name}",
                        "mine.from", "cam",
                        "mine.gain", "2",
                        "end.type", "sink.null",
                        "end.from", "mine"));
        await(() -> stage("end").stream().anyMatch(stage -> stage.samplesIn() >= 25));
#else
                Map.of(
                        "cam.type", "source.test",
                        "cam.tone", "0",
                        "mine.type", "sink.${name}",
                        "mine.from", "cam",
                        "mine.path", "data/test.pgm",
                        "mine.every", "5"));
        await(() -> stage("mine").stream().anyMatch(stage -> stage.gauges().getOrDefault("written", 0L) >= 5));
#end
        assertEquals(State.RUNNING, pipelines.pipeline("test").orElseThrow().state());
    }

    /** As the console does it; in a node, a file etc/io.levada.pipeline-NAME.cfg does the same. */
    private void configure(String pipeline, Map<String, String> definition) throws IOException {
        configurations
                .getFactoryConfiguration("io.levada.pipeline", pipeline, "?")
                .update(new Hashtable<>(definition));
    }

    private List<StageStatus> stage(String name) {
        return pipelines.pipeline("test").stream()
                .flatMap(pipeline -> pipeline.stages().stream())
                .filter(stage -> stage.name().equals(name))
                .toList();
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + SOON.toSeconds() + " s: "
                        + pipelines.pipeline("test").map(PipelineStatus::problems));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
