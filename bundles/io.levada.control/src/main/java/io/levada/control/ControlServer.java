/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.Plugins;
import io.levada.api.server.Readers;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Plugins plugins;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Readers> servers = List.of();

    private final BundleContext context;
    private final ControlSocket socket;
    private final Clients clients = new Clients(MOST_CONNECTIONS, System::nanoTime);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        var thread = new Thread(work, "levada-control-clock");
        thread.setDaemon(true);
        return thread;
    });

    @Activate
    public ControlServer(BundleContext context) throws IOException {
        this.context = context;
        this.socket = ControlSocket.bind(Path.of(context.getProperty("levada.control.socket")));
        start("levada-control", this::acceptAll);
        clock.scheduleWithFixedDelay(clients::closeIdle, 1, 1, TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() throws IOException {
        clock.shutdownNow();
        socket.close();
        clients.closeAll();
    }

    private void acceptAll() {
        try {
            while (true) {
                try {
                    var client = clients.admit(socket.accept());
                    start("levada-control-connection", () -> serve(client));
                } catch (ClosedChannelException e) {
                    throw e;
                } catch (IOException e) { // no descriptor is free, for instance, which may pass
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

    private void serve(Clients.Client client) {
        var node = new NodeStatus(
                context, () -> Optional.ofNullable(pipelines), () -> Optional.ofNullable(plugins), () -> servers);
        try (client;
                var connection = new Connection(client, context, node, () -> Optional.ofNullable(commands))) {
            connection.serve();
        } catch (IOException e) {
            LOG.debug("A control connection ended: {}", e.getMessage());
        }
    }

    private static void start(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
