/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Command;
import io.levada.itest.Distribution;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The page docs/first-analyzer.md, followed word for word in an empty directory: its commands are run as they stand there,
 * in one shell. first-analyzer.sh says what is different: nothing is installed, and nobody looks at a screen.
 */
class FirstAnalyzerIT {

    /** The clip's size. */
    private static final int WIDTH = 768;

    private static final int HEIGHT = 432;

    private static final Path SOURCES = Path.of(System.getProperty("levada.sources"));
    private static final Path DIRECTORY =
            Nodes.home(FirstAnalyzerIT.class).resolveSibling("first-analyzer").toAbsolutePath();

    @Test
    void thePageLeadsToAFrameAroundThePicture() throws IOException {
        delete(DIRECTORY);
        var checkout = Files.createDirectories(DIRECTORY.resolve("checkout"));
        int port = FreePort.next();
        Distribution.packed().copyTo(checkout.resolve("distribution/target/levada"));
        Files.writeString(
                checkout.resolve("distribution/target/levada/etc/io.levada.server.rtsp.cfg"), "port = " + port + "\n");
        var commands = commands(Files.readString(SOURCES.resolve("docs/first-analyzer.md")));
        assertEquals("mvn -q install -DskipTests", commands.get(0));
        var script = DIRECTORY.resolve("page.sh");
        Files.writeString(
                script,
                resource("first-analyzer.sh") + "cd " + checkout + "\nset -x\n" + String.join("\n", commands) + "\n");

        var seen = DIRECTORY.resolve("seen.gray");
        var shell = Command.of("/bin/sh", script.toString())
                .with(
                        "MAVEN",
                        Path.of(System.getProperty("maven.home"), "bin/mvn").toString())
                .with("SETTINGS", settings().toString())
                .with("RTSP_PORT", Integer.toString(port))
                .with("LEVADA_OPTS", "-Dorg.osgi.service.http.port=" + FreePort.next())
                .with("FFMPEG", FFmpegProgram.path())
                .with("SEEN", seen.toString())
                .within(Duration.ofMinutes(5));
        try {
            var result = shell.run().orFail(shell);
            assertTrue(result.out().contains("analyzer.brightness"), result.out());
            framed(Files.readAllBytes(seen));
        } finally {
            // of no effect when the page came to its end
            Command.of(checkout.resolve("distribution/target/levada/bin/levada").toString(), "stop")
                    .run();
        }
    }

    /** The lines that are set in by four spaces; all of them are commands. */
    private static List<String> commands(String page) {
        return page.lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList();
    }

    /** The overlay's line is bright all along the last picture's left and right edge, which no picture of the clip is. */
    private static void framed(byte[] pictures) {
        int size = WIDTH * HEIGHT;
        assertEquals(50, pictures.length / size);
        int last = 49 * size;
        int bright = 0;
        for (int y = 0; y < HEIGHT; y++) {
            bright += bright(pictures[last + y * WIDTH]) && bright(pictures[last + y * WIDTH + WIDTH - 1]) ? 1 : 0;
        }
        assertTrue(bright > HEIGHT * 0.9, bright + " of " + HEIGHT + " rows have a bright edge");
    }

    private static boolean bright(byte luma) {
        return (luma & 0xFF) > 160;
    }

    /** Those of the archetype's own tests, with the repository that the archetype's build has filled. */
    private static Path settings() throws IOException {
        var archetype = SOURCES.resolve("plugin-archetype");
        var staged = archetype.resolve("target/it-repo");
        assertTrue(Files.exists(staged.resolve("archetype-catalog.xml")), "the archetype was not staged in " + staged);
        nameArchetypePlugin(staged);
        var repository = Path.of(System.getProperty("maven.repository")).toUri().toString();
        var text = Files.readString(archetype.resolve("src/test/settings.xml"))
                .replace("@localRepositoryUrl@", repository)
                .replace("<profiles>", "<localRepository>" + staged + "</localRepository>\n  <profiles>");
        return Files.writeString(DIRECTORY.resolve("settings.xml"), text);
    }

    /** What "mvn archetype:" means and which version of it, which Maven would ask the network for. */
    private static void nameArchetypePlugin(Path repository) throws IOException {
        var plugins = repository.resolve("org/apache/maven/plugins");
        var version = System.getProperty("maven.archetype.version");
        Files.createDirectories(plugins.resolve("maven-archetype-plugin"));
        Files.writeString(
                plugins.resolve("maven-metadata-local.xml"),
                """
                <metadata>
                  <plugins>
                    <plugin>
                      <name>Maven Archetype Plugin</name>
                      <prefix>archetype</prefix>
                      <artifactId>maven-archetype-plugin</artifactId>
                    </plugin>
                  </plugins>
                </metadata>
                """);
        Files.writeString(
                plugins.resolve("maven-archetype-plugin/maven-metadata-local.xml"),
                """
                <metadata>
                  <groupId>org.apache.maven.plugins</groupId>
                  <artifactId>maven-archetype-plugin</artifactId>
                  <versioning>
                    <release>%1$s</release>
                    <versions>
                      <version>%1$s</version>
                    </versions>
                  </versioning>
                </metadata>
                """
                        .formatted(version));
    }

    private static String resource(String name) throws IOException {
        try (var in = FirstAnalyzerIT.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
