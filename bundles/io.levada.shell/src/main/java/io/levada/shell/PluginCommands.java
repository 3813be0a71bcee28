/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import io.levada.api.stage.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The Gogo commands about plugins. Like {@link Commands}, they give text back or throw. */
@Component(
        service = PluginCommands.class,
        property = {
            "osgi.command.scope=levada",
            "osgi.command.function=plugins",
            "osgi.command.function=install",
            "osgi.command.function=update",
            "osgi.command.function=remove"
        })
public final class PluginCommands {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Path home;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Plugins plugins;

    @Activate
    public PluginCommands(BundleContext context) {
        this(Path.of(Optional.ofNullable(context.getProperty("levada.home")).orElse("")));
    }

    private PluginCommands(Path home) {
        this.home = home.toAbsolutePath();
    }

    /** For tests. */
    PluginCommands(Path home, Plugins plugins) {
        this(home);
        this.plugins = plugins;
    }

    private interface Question<T> {
        T ask(Plugins plugins) throws IOException;
    }

    private <T> T asked(Question<T> question) {
        var present = Optional.ofNullable(plugins)
                .orElseThrow(() -> new CommandFailed(
                        "no plugins: the bundle io.levada.wiring does not run (felix:lb shows it, the log says why)"));
        try {
            return question.ask(present);
        } catch (IOException e) {
            throw new CommandFailed(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
        }
    }

    @Descriptor("shows the jars in plugins/: what runs from each, and why not")
    public String plugins() {
        var all = asked(Plugins::list);
        if (all.isEmpty()) {
            return "no plugins; levada:install FILE puts one into plugins/";
        }
        var table = new Table("FILE", "BUNDLE", "VERSION", "STATE");
        for (var plugin : all) {
            table.row(plugin.file(), dash(plugin.bundle()), dash(plugin.version()), state(plugin));
        }
        return table.toString().stripTrailing();
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String state(PluginStatus plugin) {
        var state = plugin.running() ? "runs" : "does not run";
        return plugin.problem().isEmpty() ? state : state + "  " + plugin.problem();
    }

    @Descriptor("puts a plugin into plugins/ and starts it; one of the same file name gives way to it")
    public String install(@Descriptor("a jar's file, relative to the node's home, or its URL") String jar) {
        return told(asked(plugins -> {
            try (var content = open(jar)) {
                return plugins.install(jar.substring(jar.lastIndexOf('/') + 1), content);
            }
        }));
    }

    @Descriptor("has another version take the place of a plugin; when it can't, nothing is changed")
    public String update(
            @Descriptor("its file in plugins/, or its bundle's symbolic name") String plugin,
            @Descriptor("the other version's file, relative to the node's home, or its URL") String jar) {
        return told(asked(plugins -> {
            try (var content = open(jar)) {
                return plugins.update(plugin, content);
            }
        }));
    }

    @Descriptor("deletes a plugin from plugins/; its stages move to another provider, or wait for one")
    public String remove(@Descriptor("its file in plugins/, or its bundle's symbolic name") String plugin) {
        return asked(plugins -> {
            plugins.remove(plugin);
            return plugin + " is removed";
        });
    }

    private static String told(PluginStatus plugin) {
        return plugin.bundle() + " " + plugin.version() + " runs from " + plugin.file();
    }

    private InputStream open(String jar) throws IOException {
        if (!jar.matches("(https?|file):.*")) {
            var file = home.resolve(jar);
            if (!Files.isReadable(file)) {
                throw new IOException("there is no file " + file + " that can be read");
            }
            return Files.newInputStream(file);
        }
        try {
            URLConnection connection = URI.create(jar).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            return connection.getInputStream();
        } catch (IllegalArgumentException e) {
            throw new IOException(Credentials.masked("'" + jar + "' is no URL: " + e.getMessage()));
        } catch (IOException e) {
            throw new IOException(Credentials.masked(jar + " can't be read: " + e.getMessage()));
        }
    }
}
