/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.zip.CRC32C;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the framework's bundles those of the folder {@code bundles/}: installs what is new, updates what has other content
 * than at the last start, uninstalls what is gone. Bundles that came in otherwise (plugins) are left alone. Runs before
 * the framework starts, when nothing is resolved, so that nothing needs a refresh.
 */
final class BundleSync {

    private static final Logger LOG = LoggerFactory.getLogger(BundleSync.class);
    private static final String LOCATION = "levada:";

    private final BundleContext context;
    private final Path folder;
    private final Path memory;

    /**
     * @param folder the jars, one version of each bundle
     * @param memory the file that keeps what was installed at the last start
     */
    BundleSync(BundleContext context, Path folder, Path memory) {
        this.context = context;
        this.folder = folder;
        this.memory = memory;
    }

    void run() {
        var known = remembered();
        var now = new Properties();
        try (var jars = Files.newDirectoryStream(folder, "*.jar")) {
            for (var jar : jars) {
                var name = symbolicName(jar);
                var fingerprint = fingerprint(jar);
                if (now.put(name, fingerprint) != null) {
                    throw new LauncherException("there are two versions of " + name + " in " + folder
                            + "; delete one, or unpack the distribution into an empty directory");
                }
                install(jar, name, !fingerprint.equals(known.getProperty(name)));
            }
            for (var bundle : context.getBundles()) {
                var location = bundle.getLocation();
                if (location.startsWith(LOCATION) && !now.containsKey(location.substring(LOCATION.length()))) {
                    LOG.info("{} is gone from {}: uninstalled", bundle, folder);
                    bundle.uninstall();
                }
            }
            try (var out = Files.newBufferedWriter(memory)) {
                now.store(out, "The bundles as they were installed");
            }
        } catch (IOException | BundleException e) {
            throw new LauncherException("the bundles of " + folder + " can't be installed: " + reasons(e), e);
        }
    }

    /** With the first cause, which is what the user can do something about: a full disk, a right that is missing. */
    private static String reasons(Throwable fault) {
        var first = fault;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first == fault ? fault.getMessage() : fault.getMessage() + " (" + first.getMessage() + ")";
    }

    private void install(Path jar, String name, boolean changed) throws IOException, BundleException {
        var bundle = context.getBundle(LOCATION + name);
        if (bundle == null || changed) {
            try (var content = Files.newInputStream(jar)) {
                bundle = installOrUpdate(bundle, LOCATION + name, content);
            }
        }
        var level = bundle.adapt(BundleStartLevel.class);
        if (level.getStartLevel() != StartLevels.of(name)) {
            level.setStartLevel(StartLevels.of(name));
        }
        boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
        if (!fragment && !level.isPersistentlyStarted()) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    private Bundle installOrUpdate(Bundle present, String location, InputStream content) throws BundleException {
        if (present == null) {
            return context.installBundle(location, content);
        }
        present.update(content);
        return present;
    }

    private Properties remembered() {
        var known = new Properties();
        if (Files.exists(memory)) {
            try (var in = Files.newBufferedReader(memory)) {
                known.load(in);
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("{} can't be read, all bundles are installed anew: {}", memory, e.getMessage());
            }
        }
        return known;
    }

    private static String symbolicName(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var manifest = file.getManifest();
            var name = manifest == null ? null : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            if (name == null) {
                throw new LauncherException(jar + " is no bundle (its manifest has no Bundle-SymbolicName); delete it");
            }
            return name.split(";", 2)[0].strip();
        }
    }

    /** By content, for the files of a reproducible build all have the same time. */
    private static String fingerprint(Path jar) throws IOException {
        var crc = new CRC32C();
        var buffer = ByteBuffer.allocateDirect(1 << 16);
        try (var channel = FileChannel.open(jar)) {
            while (channel.read(buffer.clear()) >= 0) {
                crc.update(buffer.flip());
            }
            return "%d-%08x".formatted(channel.size(), crc.getValue());
        }
    }
}
