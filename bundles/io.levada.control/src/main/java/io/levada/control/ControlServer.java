/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import io.levada.api.pipeline.Pipelines;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections on the control socket, each with a thread of its own, and closes them all when it goes. */
@Component(
        immediate = true,
        service = {})
public final class ControlServer {

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MOST_CONNECTIONS = 16;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Pipelines pipelines;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile CommandProcessor commands;

    private final BundleContext context;
    private final ControlSocket socket;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);

    @Activate
    public ControlServer(BundleContext context) throws IOException {
        this.context = context;
        this.socket = ControlSocket.bind(Path.of(context.getProperty("levada.control.socket")));
        start("levada-control", this::acceptAll);
    }

    @Deactivate
    void deactivate() throws IOException {
        socket.close();
        for (var connection : connections) {
            connection.close();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                free.acquire();
                try {
                    var channel = socket.accept();
                    connections.add(channel);
                    start("levada-control-connection", () -> serve(channel));
                } catch (ClosedChannelException e) {
                    throw e;
                } catch (IOException e) { // no descriptor is free, for instance, which may pass
                    free.release();
                    LOG.warn("The control socket {} can't accept: {}", socket.path(), e.getMessage());
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (ClosedChannelException e) {
            LOG.debug("Control socket {} closed", socket.path());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        var node = new NodeStatus(context, () -> Optional.ofNullable(pipelines));
        try (channel;
                var connection = new Connection(channel, context, node, () -> Optional.ofNullable(commands))) {
            connection.serve();
        } catch (IOException e) {
            LOG.debug("A control connection ended: {}", e.getMessage());
        } finally {
            connections.remove(channel);
            free.release();
        }
    }

    private static void start(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
