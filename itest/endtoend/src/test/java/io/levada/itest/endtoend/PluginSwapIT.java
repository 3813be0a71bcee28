/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.levada.itest.Await;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The analyzer's plugin is replaced again and again while people watch what it analyses. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class PluginSwapIT {

    private static final int SWAPS = Integer.getInteger("levada.swaps", 50);
    private static final int READERS = 10;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MOTION = "io.levada.analyzer.motion";

    private static final String PIPELINE =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.loop     = true
            decode.type  = decoder
            decode.from  = cam:video
            motion.type  = analyzer.motion
            motion.from  = decode
            boxes.type   = filter.overlay
            boxes.from   = decode, motion
            encode.type  = encoder
            encode.from  = boxes
            encode.codec = h264
            live.type    = server.rtsp
            live.from    = encode, cam:audio
            live.path    = /demo
            raw.type     = server.rtsp
            raw.from     = cam
            raw.path     = /demo/raw
            """;

    private final List<RtpReader> raw = new ArrayList<>();
    private final List<RtpReader> drawn = new ArrayList<>();
    private NodeProcess node;
    private Path original;

    @BeforeEach
    void watch() throws IOException {
        node = NodeProcess.run(Nodes.home(PluginSwapIT.class))
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=50");
        original = takeOut(MOTION);
        drop(original, "1.0.0");
        node.start();
        node.deploy("lobby", PIPELINE);
        node.awaitState("lobby", "RUNNING", SOON);
        for (int i = 0; i < READERS; i++) {
            var transport = i % 2 == 0 ? Transport.UDP : Transport.TCP;
            raw.add(new RtpReader(node.rtspPort(), "/demo/raw", transport));
            drawn.add(new RtpReader(node.rtspPort(), "/demo", transport));
        }
    }

    @AfterEach
    void leave() {
        raw.forEach(RtpReader::close);
        drawn.forEach(RtpReader::close);
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    @Test
    void viewersNoticeNothingOfAnUpdate() throws IOException {
        try (var jmx = Jmx.of(node.pid())) {
            swaps(1, 5);
            jmx.tidy();
            int classes = jmx.loadedClasses();
            swaps(5, SWAPS);
            Await.value(
                    "classes of old versions are unloaded", SOON, () -> tidyClasses(jmx), now -> now <= classes + 50);
        }
        assertEquals(List.of(), faults(raw));
        assertEquals(List.of(), faults(drawn));
        for (var reader : drawn) {
            assertEquals(List.of(), RtpGaps.in(reader.timestamps("video")));
        }
    }

    @Test
    void aVersionThatDoesNotStartLeavesTheOneBefore() throws IOException {
        long before = analysed();
        drop(original, "2.0.0", "Import-Package", "io.levada.none;version=\"[7,8)\"");
        Await.until("it is told", SOON, () -> node.log().contains(MOTION + " 1.0.0 stays"));
        assertTrue(node.log().contains("nothing provides the package io.levada.none from version 7"), node.log());
        Await.until("the one before goes on", SOON, () -> analysed() > before + 10);
        assertEquals("RUNNING", node.state("lobby"));
        assertEquals(List.of(), faults(raw));
        assertEquals(List.of(), faults(drawn));
    }

    @Test
    void aPluginThatIsRemovedTakesItsStageAlongAndComesBack() throws IOException {
        Files.delete(plugin());
        node.awaitState("lobby", "DEGRADED", SOON);
        drop(original, "1.0.0");
        node.awaitState("lobby", "RUNNING", SOON);
        assertEquals(List.of(), faults(raw));
    }

    private void swaps(int first, int last) throws IOException {
        for (int i = first; i < last; i++) {
            var version = "1.0." + i;
            drop(original, version);
            Await.until("version " + version, SOON, () -> node.log()
                    .contains(MOTION + " " + version + " has taken the place"));
        }
        assertTrue(bundle().endsWith("1.0." + (last - 1)), bundle());
    }

    private static int tidyClasses(Jmx jmx) {
        jmx.tidy();
        return jmx.loadedClasses();
    }

    private long analysed() {
        return stage("motion").path("samplesIn").asLong();
    }

    private String bundle() {
        return stage("motion").path("bundle").asText();
    }

    private JsonNode stage(String name) {
        for (var stage : node.pipeline("lobby").path("stages")) {
            if (stage.path("name").asText().equals(name)) {
                return stage;
            }
        }
        throw new AssertionError("no stage " + name + " in " + node.pipeline("lobby"));
    }

    private Path plugin() {
        return node.home().resolve("plugins/motion.jar");
    }

    /** Takes a bundle out of those that the node has anyway. */
    private Path takeOut(String symbolicName) throws IOException {
        try (var jars = Files.newDirectoryStream(node.home().resolve("bundles"), symbolicName + "-*.jar")) {
            var jar = jars.iterator().next();
            return Files.move(jar, node.home().resolve("original.jar"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Puts it into plugins/ as another version, with other headers. */
    private void drop(Path jar, String version, String... headers) throws IOException {
        var written = node.home().resolve("plugin.tmp");
        try (var in = new JarFile(jar.toFile())) {
            var manifest = in.getManifest();
            manifest.getMainAttributes().putValue("Bundle-Version", version);
            for (int i = 0; i < headers.length; i += 2) {
                manifest.getMainAttributes().putValue(headers[i], headers[i + 1]);
            }
            try (var out = new JarOutputStream(Files.newOutputStream(written), manifest)) {
                for (var entry : in.stream().toList()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        in.getInputStream(entry).transferTo(out);
                    }
                }
            }
        }
        Files.move(written, plugin(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> faults(List<RtpReader> readers) {
        return readers.stream().flatMap(reader -> reader.faults().stream()).toList();
    }
}
