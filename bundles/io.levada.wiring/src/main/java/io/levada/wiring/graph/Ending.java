/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How nodes leave: sources end, what is on its way is brought to its end for a bounded time, all is closed. */
final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final long DRAIN_NANOS = 3_000_000_000L;
    private static final long ABORT_NANOS = 2_000_000_000L;

    private Ending() {}

    /** @param nodes producers before consumers */
    static void of(Collection<Node> nodes) {
        long deadline = System.nanoTime() + DRAIN_NANOS;
        TransferStages.with(nodes).forEach(Node::leave);
        nodes.stream().filter(SourceNode.class::isInstance).forEach(Node::finish);
        TransferStages.with(nodes).stream().filter(Node::hanging).forEach(Ending::abandon);
        boolean drained = true;
        for (var node : nodes) {
            drained &= drained(node, deadline);
        }
        if (!drained) {
            abort(nodes);
        } else {
            dispose(nodes);
        }
    }

    /** With those that were put in behind it. */
    private static boolean drained(Node node, long deadline) {
        boolean drained = node.hanging() || concluded(node, node.finish(), deadline);
        for (var transfer : node.transfers().all()) {
            drained &= drained(transfer, deadline);
        }
        return drained;
    }

    /** Without bringing anything to its end. */
    static void abort(Collection<Node> leaving) {
        var nodes = TransferStages.with(leaving);
        long deadline = System.nanoTime() + ABORT_NANOS;
        nodes.forEach(Node::abort);
        nodes.stream().filter(node -> !node.hanging()).forEach(node -> concluded(node, node.abort(), deadline));
        dispose(leaving);
    }

    /** Nobody waits for what it would still bring. */
    static void abandon(Node node) {
        node.abort();
        node.tracks().forEach(OutputTrack::end);
    }

    private static void dispose(Collection<Node> nodes) {
        long deadline = System.nanoTime() + ABORT_NANOS;
        for (var node : TransferStages.with(nodes)) {
            if (node.done()) {
                concluded(node, node.dispose(), deadline);
            } else {
                LOG.error(
                        "{} hangs in a call of {} and can't be stopped; its thread and memory are left alone. Restart the node"
                                + " when it is convenient",
                        node.id(),
                        node.definition().type());
                node.tracks().forEach(OutputTrack::end); // who waits for what it would still bring need not
            }
        }
    }

    private static boolean concluded(Node node, CompletableFuture<Void> future, long deadline) {
        try {
            future.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            LOG.debug("{} did not end in time", node.id());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            LOG.error("{} could not be ended", node.id(), e.getCause());
            return true;
        }
    }
}
