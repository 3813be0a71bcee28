/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Source;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.StageTypeEntry;
import java.util.concurrent.CompletableFuture;

/**
 * A source that is at work in a node, or about to be, with all that is needed to end it from outside. Any thread.
 *
 * @param closed completes when it has been given back
 */
record SourceInstance(
        Node node, StageTypeEntry entry, Source source, NodeContext context, CompletableFuture<Void> closed) {

    /** Takes one, which is to be closed. */
    static SourceInstance take(Node node, StageTypeEntry entry, StageDefinition definition) throws StageException {
        var context = node.context(entry, definition);
        var source = (Source) node.engine().types().take(entry);
        return new SourceInstance(node, entry, source, context, new CompletableFuture<>());
    }

    /** Has it come to an end, also out of a call in which it waits. */
    void stop() {
        context.stop();
        try {
            source.interrupt();
        } catch (Throwable e) { // whatever a source throws stays here
            Node.LOG.warn("{} could not be interrupted: {}", node.id(), Node.describe(e));
        }
    }

    /** Closes it, which is not at work, and gives it back. */
    void close() {
        context.stop();
        try {
            source.close();
        } catch (Throwable e) { // whatever a source throws stays here
            node.figures().warn(node.id(), "while it closed: " + Node.describe(e));
        }
        node.engine().types().giveBack(entry, source);
        closed.complete(null);
    }
}
