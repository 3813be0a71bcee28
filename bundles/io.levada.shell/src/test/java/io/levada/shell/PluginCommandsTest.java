/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCommandsTest {

    private final Folder folder = new Folder(new TreeMap<>());

    @TempDir
    Path home;

    private PluginCommands commands;

    @BeforeEach
    void start() {
        commands = new PluginCommands(home, folder);
    }

    private record Jar(String file, String bundle, String version, boolean running, String problem)
            implements PluginStatus {

        @Override
        public OptionalLong bundleId() {
            return running ? OptionalLong.of(40) : OptionalLong.empty();
        }
    }

    /** A folder whose plugins are texts such as {@code acme.plates 2.1.0}; any other text is not taken. */
    private record Folder(Map<String, PluginStatus> files) implements Plugins {

        @Override
        public List<PluginStatus> list() {
            return new ArrayList<>(files.values());
        }

        @Override
        public PluginStatus install(String file, InputStream jar) throws IOException {
            var text = new String(jar.readAllBytes(), StandardCharsets.UTF_8).split(" ");
            if (text.length != 2) {
                throw new IOException(file + " is not taken: it is no readable jar");
            }
            files.put(file, new Jar(file, text[0], text[1], true, ""));
            return files.get(file);
        }

        @Override
        public PluginStatus update(String plugin, InputStream jar) throws IOException {
            return install(known(plugin), jar);
        }

        @Override
        public void remove(String plugin) throws IOException {
            files.remove(known(plugin));
        }

        private String known(String plugin) throws IOException {
            return files.values().stream()
                    .filter(one -> one.file().equals(plugin) || one.bundle().equals(plugin))
                    .map(PluginStatus::file)
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no plugin " + plugin));
        }
    }

    private String file(String name, String text) throws IOException {
        Files.writeString(home.resolve(name), text);
        return name;
    }

    private static String failure(Runnable command) {
        return assertThrows(CommandFailed.class, command::run).getMessage();
    }

    @Test
    void aFileOfTheNodesHomeIsInstalledUnderItsOwnName() throws IOException {
        Files.createDirectory(home.resolve("new"));
        assertEquals(
                "acme.plates 2.1.0 runs from plates.jar",
                commands.install(file("new/plates.jar", "acme.plates 2.1.0")));
        assertEquals("2.1.0", folder.files().get("plates.jar").version());
    }

    @Test
    void aJarIsInstalledFromItsUrl() throws IOException {
        file("plates.jar", "acme.plates 2.1.0");
        assertEquals(
                "acme.plates 2.1.0 runs from plates.jar",
                commands.install(home.resolve("plates.jar").toUri().toString()));
    }

    @Test
    void anUpdateGoesToTheFileThatHasThePlugin() throws IOException {
        commands.install(file("plates.jar", "acme.plates 2.1.0"));
        assertEquals(
                "acme.plates 2.2.0 runs from plates.jar",
                commands.update("acme.plates", file("plates-2.2.jar", "acme.plates 2.2.0")));
        assertEquals(
                "acme.plates 2.0.0 runs from plates.jar",
                commands.update("plates.jar", file("plates-2.0.jar", "acme.plates 2.0.0")));
        assertEquals(List.of("plates.jar"), List.copyOf(folder.files().keySet()));
    }

    @Test
    void aRemovedPluginIsGone() throws IOException {
        commands.install(file("plates.jar", "acme.plates 2.1.0"));
        assertEquals("plates.jar is removed", commands.remove("plates.jar"));
        assertEquals("no plugins; levada:install FILE puts one into plugins/", commands.plugins());
    }

    @Test
    void theListShowsWhatRunsAndWhyNot() {
        folder.files().put("lost.jar", new Jar("lost.jar", "", "", false, "it is no readable jar"));
        folder.files().put("plates.jar", new Jar("plates.jar", "acme.plates", "2.1.0", true, ""));
        folder.files()
                .put("tracks.jar", new Jar("tracks.jar", "acme.tracks", "1.0.0", true, "acme.tracks 1.0.0 stays"));
        assertEquals(
                """
                FILE        BUNDLE       VERSION  STATE
                lost.jar    -            -        does not run  it is no readable jar
                plates.jar  acme.plates  2.1.0    runs
                tracks.jar  acme.tracks  1.0.0    runs  acme.tracks 1.0.0 stays""",
                commands.plugins());
    }

    @Test
    void aRefusalSaysWhyAndFailsTheCommand() throws IOException {
        var bad = file("bad.jar", "nonsense");
        assertEquals("bad.jar is not taken: it is no readable jar", failure(() -> commands.install(bad)));
        assertEquals("there is no plugin plates", failure(() -> commands.update("plates", bad)));
        assertEquals("there is no plugin plates", failure(() -> commands.remove("plates")));
    }

    @Test
    void whatCanNotBeReadIsNamedWithoutItsPassword() {
        assertTrue(failure(() -> commands.install("none.jar"))
                .contains("there is no file " + home.resolve("none.jar").toAbsolutePath()));
        var url = failure(() -> commands.install("http://admin:pa55word@127.0.0.1:9/plates.jar"));
        assertTrue(url.startsWith("http://***@127.0.0.1:9/plates.jar can't be read: "), url);
        var none = failure(() -> commands.install("http://admin:pa55word@127.0.0.1:9/the plates.jar"));
        assertTrue(none.startsWith("'http://***@127.0.0.1:9/the plates.jar' is no URL: "), none);
        assertFalse(none.contains("pa55word"), none);
    }

    @Test
    void withoutTheWiringTheCommandsSaySo() {
        var alone = new PluginCommands(home, null);
        assertTrue(failure(alone::plugins).contains("the bundle io.levada.wiring does not run"));
    }
}
