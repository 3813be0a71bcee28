/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Controls;
import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The Gogo command that steers stages. Like {@link Commands}, it gives text back or throws. */
@Component(
        service = ControlCommands.class,
        property = {"osgi.command.scope=levada", "osgi.command.function=control"})
public final class ControlCommands {

    /** Longer than a stage is waited for. */
    private static final long PATIENCE_SECONDS = 10;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Controls controls;

    public ControlCommands() {}

    /** For tests. */
    ControlCommands(Controls controls) {
        this.controls = controls;
    }

    @Descriptor(
            "tells a running stage something, such as: lobby/switch select cam2; without an order says what it takes")
    public String control(
            @Descriptor("pipeline/stage") String stage, @Descriptor("the command and its arguments") String... order) {
        int slash = stage.indexOf('/');
        if (slash < 0) {
            throw new CommandFailed(stage + " names no stage of a pipeline; write it like lobby/switch");
        }
        var pipeline = stage.substring(0, slash);
        var name = stage.substring(slash + 1);
        if (order.length == 0) {
            return SteeredText.of(stage, answer(service().steered(pipeline, name)));
        }
        var arguments = List.of(Arrays.copyOfRange(order, 1, order.length));
        return answer(service().call(pipeline, name, order[0], arguments));
    }

    private Controls service() {
        return Optional.ofNullable(controls)
                .orElseThrow(
                        () -> new CommandFailed(
                                "no pipelines: the bundle io.levada.wiring does not run (felix:lb shows it, the log says why)"));
    }

    private static <T> T answer(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            var cause = e.getCause();
            var remedy = cause instanceof StageException refused ? refused.remedy() : Optional.<String>empty();
            throw new CommandFailed(
                    cause.getMessage() + remedy.map(text -> "; remedy: " + text).orElse(""));
        } catch (TimeoutException e) {
            throw new CommandFailed("no answer within " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
    }
}
