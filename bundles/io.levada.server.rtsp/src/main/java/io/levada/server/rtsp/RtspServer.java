/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.server.EndedReader;
import io.levada.api.server.PublisherStatus;
import io.levada.api.server.ReaderStatus;
import io.levada.api.stage.StageException;
import io.levada.api.user.Users;
import io.levada.server.rtsp.protocol.Gate;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.Publications;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.MountSettings;
import io.levada.server.rtsp.stream.Mounts;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's RTSP server. It listens from the first mount on until the bundle stops. Thread-safe.
 */
@Component(service = RtspServer.class, configurationPid = RtspServer.PID)
@Designate(ocd = ListenerConfig.class)
public final class RtspServer {

    static final String PID = "io.levada.server.rtsp";

    /** Where the node's configuration is. */
    private static final String ETC = "levada.etc";

    /** What relative paths in it are relative to. */
    private static final String HOME = "levada.home";

    private static final Logger LOG = LoggerFactory.getLogger(RtspServer.class);

    private final Mounts mounts = new Mounts();
    private final Publications publications = new Publications();
    private final Gate gate;
    private final String file;
    private final Path home;
    private ListenerSettings settings;
    private ListenerSettings bound;
    private ListenerProperties latest;

    /** What the listener was started with. */
    private ListenerProperties started;

    private Optional<StageException> wrong = Optional.empty();
    private volatile Optional<Listener> listener = Optional.empty();
    private boolean stopped;

    /** Where its readers are listed, unless it is on its own. */
    private Optional<RtspReaders> listed = Optional.empty();

    @Activate
    public RtspServer(BundleContext context, @Reference RtspReaders readers, Map<String, Object> properties) {
        this(property(context, ETC, "etc"), Path.of(property(context, HOME, ".")), ListenerProperties.defaults());
        modified(properties);
        listed = Optional.of(readers);
        readers.of(this);
    }

    private static String property(BundleContext context, String name, String otherwise) {
        return Optional.ofNullable(context.getProperty(name)).orElse(otherwise);
    }

    /** @param etc the folder that the configuration is in, for messages */
    RtspServer(String etc, Map<String, ?> properties) {
        this(etc, Path.of("."), ListenerProperties.defaults());
        modified(properties);
    }

    /** @param home what relative paths are relative to */
    RtspServer(String etc, Path home, ListenerSettings settings) {
        this.home = home;
        this.file = etc + "/" + PID + ".cfg";
        this.settings = settings;
        this.bound = settings;
        this.latest = new ListenerProperties(Map.of(), file);
        this.started = latest;
        this.gate = new Gate(settings.access());
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindUsers(Users users) {
        gate.users(Optional.of(users));
    }

    void unbindUsers(Users users) {
        gate.users(Optional.empty());
    }

    /**
     * Host, port and who is let in change while readers go on; what else changed waits for the next start. A port that can't be had is tried again with the next mount. With a value
     * that can't be used the server goes on as it was; if it does not listen yet, streams wait until that is mended.
     */
    @Modified
    synchronized void modified(Map<String, ?> properties) {
        var read = new ListenerProperties(properties, file);
        read.unknown().forEach(LOG::warn);
        try {
            take(read.settings());
            latest = read;
            if (!waiting().isEmpty()) {
                LOG.warn(
                        "{}: what changed of {} is taken when the node starts next",
                        file,
                        String.join(", ", waiting()));
            }
        } catch (StageException e) {
            unusable(e);
        }
    }

    /** Keys with other values than those that the server was started with, and goes on with. */
    synchronized List<String> waiting() {
        return listener.isPresent() ? latest.waiting(started) : List.of();
    }

    private void unusable(StageException e) {
        wrong = Optional.of(e);
        LOG.error(
                "{}; {}{}",
                e.getMessage(),
                e.remedy().orElse(""),
                listener.isPresent() ? "; until then the server goes on as it was" : "");
    }

    synchronized void take(ListenerSettings changed) {
        settings = changed;
        wrong = Optional.empty();
        gate.settings(changed.access());
        try {
            rebind();
        } catch (IOException e) {
            LOG.error("RTSP goes on at {}: {}", bound.address(), unavailable(e).getMessage());
        }
    }

    private void rebind() throws IOException {
        if (listener.isPresent() && !settings.sameAddress(bound)) {
            listener.get().move(bound, settings);
            bound = settings;
        }
    }

    /**
     * Serves a stream.
     *
     * @param path where
     * @param owner pipeline and stage, for messages
     * @param keyframe asks upstream for a keyframe; called on any thread
     * @throws StageException of kind RETRY while the path is taken or the server can't listen
     */
    synchronized Mount mount(String path, String owner, MountSettings mountSettings, Runnable keyframe)
            throws StageException {
        var listening = listening();
        var mount = new Mount(
                path, owner, listening.nextLoop(), listening.allocator(), listening.budget(), mountSettings, keyframe);
        mounts.add(mount);
        return mount;
    }

    /** Ends a stream; its readers are told. */
    void unmount(Mount mount) {
        mounts.remove(mount);
        mount.close("the stream has ended");
    }

    /**
     * Opens a path that a stream may be published to.
     *
     * @param owner pipeline and stage, for messages
     * @throws StageException of kind RETRY while the path is taken or the server can't listen
     */
    synchronized Publication publication(String path, String owner, Publication.Settings publicationSettings)
            throws StageException {
        listening();
        var publication = new Publication(path, owner, publicationSettings);
        publications.add(publication);
        return publication;
    }

    /** Closes it; its publisher is sent away. */
    void unpublish(Publication publication) {
        publications.remove(publication, "was sent away: the pipeline takes it no more");
    }

    private Listener listening() throws StageException {
        if (stopped) {
            throw StageException.retry("the RTSP server is stopping");
        }
        try {
            if (listener.isEmpty() && wrong.isPresent()) {
                throw wrong.get();
            }
            if (listener.isEmpty()) {
                listener = Optional.of(Listener.start(settings, home, mounts, publications, gate));
                bound = settings;
                started = latest;
            }
            rebind();
            return listener.get();
        } catch (IOException e) {
            throw unavailable(e);
        } catch (CertificateException e) {
            throw StageException.retry("the RTSP server has no certificate for its tls-port: " + e.getMessage())
                    .remedy("set tls-certificate and tls-key, or tls-keystore and tls-password, in " + file)
                    .because(e);
        }
    }

    private StageException unavailable(IOException cause) {
        boolean inUse = cause instanceof BindException
                || String.valueOf(cause.getMessage()).contains("in use");
        var message = "the RTSP server can't listen at " + settings.address() + ": "
                + (inUse
                        ? "the port is in use or the address is not this machine's (" + cause.getMessage() + ")"
                        : cause.getMessage());
        var remedy = inUse
                ? "stop the program that uses port " + settings.port() + ", or set host and port in " + file
                : "set host and port in " + file;
        return StageException.retry(message).remedy(remedy).because(cause);
    }

    /** Where it listens, if it does. */
    synchronized Optional<InetSocketAddress> address() {
        return listener.map(Listener::address);
    }

    /** Who reads what. */
    List<ReaderStatus> readers() {
        return listener.map(Listener::readers).orElse(List.of());
    }

    /** Whose readers it ended by itself lately. */
    List<EndedReader> ended() {
        return listener.map(Listener::ended).orElse(List.of());
    }

    /** Who publishes what. */
    List<PublisherStatus> publishers() {
        return publications.publishers();
    }

    /** Datagrams that the kernel refused, for all streams. */
    synchronized long sendErrors() {
        return listener.map(Listener::sendErrors).orElse(0L);
    }

    synchronized Optional<Listener> listener() {
        return listener;
    }

    /** Closes all sockets and ends all threads. */
    @Deactivate
    synchronized void stop() {
        stopped = true;
        listed.ifPresent(readers -> readers.gone(this));
        mounts.all().forEach(Mount::shutDown);
        publications.close("was sent away: the server stops");
        listener.ifPresent(Listener::close);
        listener = Optional.empty();
        gate.close();
    }
}
