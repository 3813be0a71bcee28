/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node in this process. It holds the lock of its data directory until the process ends. SIGTERM, SIGINT and the
 * control socket's stop all end it in order, in bounded time.
 */
final class Node {

    private static final long STOP_SECONDS = 20;

    private final Home home;
    private final DataDirectory data;
    private final FileLock lock;
    private final Framework framework;
    private final Logger log;

    private Node(Home home, DataDirectory data, FileLock lock, Framework framework) {
        this.home = home;
        this.data = data;
        this.lock = lock;
        this.framework = framework;
        this.log = LoggerFactory.getLogger(Node.class);
    }

    /**
     * Prepares a node: directories, lock, log. Nothing runs yet.
     *
     * @param etc the configuration directory
     */
    static Node prepare(Home home, Path etc, DataDirectory data, Terminal terminal) {
        data.create();
        var lock = data.lock();
        Logging.configure(home, data, terminal);
        System.setProperty("org.bytedeco.javacpp.cachedir", natives(data).toString());
        var properties = NodeProperties.of(home, etc, data);
        var log = LoggerFactory.getLogger(Node.class);
        HttpPort.claim(properties).ifPresent(log::warn);
        OpenSecrets.in(etc.resolve("secrets")).ifPresent(log::warn);
        var factory = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
        return new Node(home, data, lock, factory.newFramework(properties));
    }

    /** Returns when every bundle was started. */
    void start() {
        log.info(
                "Levada {} starts on Java {}, home {}, data {}, pid {}",
                Levada.version(),
                Runtime.version(),
                home.directory(),
                data.path(),
                ProcessHandle.current().pid());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "levada-shutdown"));
        try {
            framework.init();
            new BundleSync(
                            framework.getBundleContext(),
                            home.bundles(),
                            data.cache().resolve("levada.properties"))
                    .run();
            framework.start();
            log.info("Levada is up");
        } catch (BundleException e) {
            throw new LauncherException(
                    "the framework does not start: " + e.getMessage() + "; if that stays, delete " + data.cache(), e);
        }
    }

    /** Waits until the node was stopped; an update of the framework restarts it. */
    void awaitStop() {
        try {
            while (framework.waitForStop(0).getType() == FrameworkEvent.STOPPED_UPDATE) {
                log.info("The framework restarts");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        try {
            framework.stop();
            var end = framework.waitForStop(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            if (end.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                log.error("Not everything stopped within {} s; the process ends all the same", STOP_SECONDS);
            } else {
                log.info("Levada stopped");
            }
        } catch (BundleException e) {
            log.error("The framework does not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Logging.close();
        }
    }

    /** The address of the HTTP server; empty when it does not listen. */
    Optional<String> httpAddress() {
        var context = framework.getBundleContext();
        var runtime = context.getServiceReference("org.osgi.service.servlet.runtime.HttpServiceRuntime");
        var endpoints = runtime == null ? null : runtime.getProperty("osgi.http.endpoint");
        if (endpoints instanceof String[] addresses && addresses.length > 0) {
            return Optional.of(addresses[0]);
        }
        return Optional.empty();
    }

    String property(String key) {
        return framework.getBundleContext().getProperty(key);
    }

    /** The version of FFmpeg that its fragment exports. */
    String ffmpegVersion() {
        for (var bundle : framework.getBundleContext().getBundles()) {
            if ("io.levada.ffmpeg.native".equals(bundle.getSymbolicName())) {
                var export = Pattern.compile("org\\.bytedeco\\.ffmpeg;version=\"([^\"]+)\"")
                        .matcher(bundle.getHeaders("").get("Export-Package"));
                return export.find() ? export.group(1) : "of unknown version";
            }
        }
        return "missing";
    }

    /** {@code , NVIDIA H200} or {@code , no GPU (why): software codecs}; nothing where the node does not use GPUs. */
    String gpu() {
        var reference = framework.getBundleContext().getServiceReference("io.levada.cuda.Cuda");
        if (reference == null) {
            return "";
        }
        boolean available = Boolean.TRUE.equals(reference.getProperty("levada.gpu.available"));
        return ", " + reference.getProperty("levada.gpu") + (available ? "" : ": software codecs");
    }

    /** This version's directory; those of other versions are deleted, they hold 76 MB each. */
    private static Path natives(DataDirectory data) {
        var mine = data.natives().resolve(Levada.version());
        try {
            Files.createDirectories(mine);
            try (var versions = Files.newDirectoryStream(data.natives(), other -> !other.equals(mine))) {
                for (var old : versions) {
                    deleteAll(old);
                }
            }
            return mine;
        } catch (IOException e) {
            throw new LauncherException("the directory for native libraries " + mine + " can't be made: " + e, e);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
