/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.definition.Finding;
import io.levada.wiring.plugin.PluginInstaller;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.StageTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the stages of all pipelines from one version of a plugin to another: all of them, or none. */
final class Move implements PluginInstaller.Mover {

    private static final Logger LOG = LoggerFactory.getLogger(Move.class);
    private static final long SERVICES_NANOS = 5_000_000_000L;
    private static final long POLL_NANOS = 2_000_000L;
    private static final int PIPELINE_SECONDS = 30;

    private final StageTypes types;
    private final Supplier<Collection<Pipeline>> pipelines;

    Move(StageTypes types, Supplier<Collection<Pipeline>> pipelines) {
        this.types = types;
        this.pipelines = pipelines;
    }

    @Override
    public Optional<String> move(Bundle from, Bundle to) {
        var old = Set.copyOf(types.of(from));
        var fresh = awaitTypes(to, old);
        types.leaving(old, true);
        var moved = new ArrayList<Pipeline>();
        for (var pipeline : pipelines.get()) {
            var refused = replace(pipeline, old);
            if (refused.isPresent()) {
                types.leaving(old, false);
                types.leaving(fresh, true);
                moved.forEach(back -> replace(back, Set.copyOf(fresh)));
                return Optional.of(pipeline.name() + ": " + refused.get());
            }
            moved.add(pipeline);
        }
        // who has none of the old ones because they failed may do better with the new
        fresh.forEach(entry -> pipelines.get().forEach(pipeline -> pipeline.typeAdded(entry)));
        return Optional.empty();
    }

    @Override
    public void moveAway(Bundle from) {
        var old = Set.copyOf(types.of(from));
        types.leaving(old, true);
        for (var pipeline : pipelines.get()) {
            replace(pipeline, old).ifPresent(reason -> LOG.warn("{}: {}", pipeline.name(), reason));
        }
    }

    /** Declarative Services registers what a bundle provides soon after it was started. */
    private List<StageTypeEntry> awaitTypes(Bundle to, Set<StageTypeEntry> old) {
        var wanted = names(old);
        long until = System.nanoTime() + SERVICES_NANOS;
        while (!names(types.of(to)).containsAll(wanted) && System.nanoTime() < until) {
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        return types.of(to);
    }

    private static Set<String> names(Collection<StageTypeEntry> entries) {
        var names = new HashSet<String>();
        entries.forEach(entry -> names.add(entry.name()));
        return names;
    }

    private static Optional<String> replace(Pipeline pipeline, Set<StageTypeEntry> types) {
        try {
            return pipeline.replace(types)
                    .get(PIPELINE_SECONDS, TimeUnit.SECONDS)
                    .map(Finding::toString);
        } catch (TimeoutException e) {
            return Optional.of("was not done within " + PIPELINE_SECONDS + " s");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("was interrupted");
        }
    }
}
