/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.MemoryBudget;
import io.levada.api.stage.StageException;
import io.levada.wiring.link.Link;
import io.levada.wiring.schedule.Ticker;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a pipeline stays within its memory. What is queued the links give up by themselves; a stage that takes samples
 * and does not give them back is found and closed. It looks for that stage only while much is held: all memory is tracked then,
 * which costs something for each sample.
 */
final class MemoryWatch implements Ticker.Ticked, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.pipeline");
    private static final long PERIOD_NANOS = 200_000_000L;
    /** So long a stage that is closed has to give back what it holds. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final String pipeline;
    private final MemoryBudget budget;
    private final Supplier<Collection<Node>> nodes;

    private boolean watching;
    private long lookedAt = System.nanoTime();
    private Optional<Node> closed = Optional.empty();
    private long closedAt;

    MemoryWatch(String pipeline, MemoryBudget budget, Supplier<Collection<Node>> nodes) {
        this.pipeline = pipeline;
        this.budget = budget;
        this.nodes = nodes;
    }

    @Override
    public boolean tick(long now) {
        boolean much = budget.used() > budget.limit() / 2;
        if (much != watching) {
            watching = much;
            LeakDetector.watch(pipeline, much);
        }
        if (much) {
            budget.shares(nodes.get().stream().mapToInt(MemoryWatch::inputs).sum());
        }
        if (much && budget.exceeded() && now - lookedAt > PERIOD_NANOS) {
            lookedAt = now;
            look(now);
        }
        return much;
    }

    private void look(long now) {
        long kept = budget.used()
                - nodes.get().stream().mapToLong(MemoryWatch::queued).sum();
        if (kept <= budget.limit() / 2) {
            return; // it is queued
        }
        if (closed.isPresent() && now - closedAt > PATIENCE_NANOS) {
            LOG.warn(
                    "{}: {} of memory that {} took will not come back before the node is restarted",
                    pipeline,
                    megabytes(kept),
                    closed.get().plugin());
            budget.writeOff(kept);
            closed = Optional.empty();
        } else if (closed.isEmpty()) {
            closed = nodes.get().stream()
                    .filter(node -> node.implementation() != null)
                    .max(Comparator.comparingLong(MemoryWatch::kept))
                    .filter(node -> kept(node) > budget.limit() / 4);
            closedAt = now;
            closed.ifPresent(this::close);
        }
    }

    private void close(Node node) {
        node.fail(StageException.failed("keeps samples and does not give them back: " + megabytes(kept(node))
                        + " at the" + " least of the " + megabytes(budget.limit())
                        + " that this pipeline may hold, so it was closed")
                .remedy("put a version of the plugin (this is " + node.plugin()
                        + ") into plugins/ that releases what it" + " retains, or set memory to more"));
    }

    private static long queued(Node node) {
        return node instanceof StageNode stage
                ? stage.ports().links().stream().mapToLong(Link::bytes).sum()
                : 0;
    }

    private static int inputs(Node node) {
        return node instanceof StageNode stage ? stage.ports().all().size() : 0;
    }

    /** As far as it was tracked. */
    private static long kept(Node node) {
        return LeakDetector.held(node.budget()).getOrDefault(node.id(), 0L) - queued(node);
    }

    private static String megabytes(long bytes) {
        return bytes / 1_000_000 + " MB";
    }

    @Override
    public void close() {
        LeakDetector.watch(pipeline, false);
    }
}
