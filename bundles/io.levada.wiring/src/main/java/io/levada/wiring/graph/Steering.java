/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.Steered;
import io.levada.api.stage.Command;
import io.levada.api.stage.Controllable;
import io.levada.api.stage.Credentials;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Order;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders to the stage in a node. The last that lasts is kept, so that an instance which takes the place of another goes on
 * by it. Used in the node's turns alone, but where it says so.
 */
final class Steering {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.pipeline");
    private static final long PATIENCE_SECONDS = 5;

    private final Node node;
    private volatile Order last;

    Steering(Node node) {
        this.node = node;
    }

    /** Has the stage do as it is told; any thread. */
    CompletableFuture<String> control(Order order) {
        return ask(order.toString(), () -> obey(order));
    }

    /** What the stage can be told, and how it stands; any thread. */
    CompletableFuture<Steered> steered() {
        return ask("it", () -> {
            var stage = controllable();
            return new Standing(stage.commands(), stage.standing());
        });
    }

    private record Standing(List<Command> commands, String standing) implements Steered {}

    /** @param what was asked, for messages */
    private <T> CompletableFuture<T> ask(String what, Callable<T> question) {
        if (node instanceof StageNode stage && stage.hanging()) {
            return CompletableFuture.failedFuture(notAtWork());
        }
        // those who give up are known to the turn, which then leaves it
        return node.ask(question).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionallyCompose(fault -> {
            boolean late = fault instanceof TimeoutException;
            return CompletableFuture.failedFuture(late ? late(what) : fault);
        });
    }

    private StageException late(String what) {
        return StageException.retry(node.id() + " did not answer to " + what + " within " + PATIENCE_SECONDS
                        + " s: it is in a call")
                .remedy("try again; levada:pipelines " + node.pipeline() + " shows whether it hangs");
    }

    private String obey(Order order) throws StageException {
        var stage = controllable();
        var command = command(stage, order);
        try {
            var answer = stage.control(order);
            if (command.lasting()) {
                last = order;
            }
            LOG.info("{} was told: {}; {}", node.id(), shown(order), answer);
            return answer;
        } catch (Throwable e) { // whatever a stage throws goes to who asked
            throw refused(order, command, e);
        }
    }

    private Command command(Controllable stage, Order order) throws StageException {
        var commands = stage.commands();
        var names = commands.stream().map(Command::name).toList();
        return commands.stream()
                .filter(command -> command.name().equals(order.command()))
                .findFirst()
                .orElseThrow(() -> StageException.invalid(node.id() + ", a "
                                + node.definition().type() + ", has no command " + shown(order)
                                + NearMiss.hint(order.command(), names))
                        .remedy("it takes: "
                                + String.join(
                                        "; ",
                                        commands.stream().map(Command::usage).toList())));
    }

    private StageException refused(Order order, Command command, Throwable cause) {
        var message = node.id() + ": " + shown(order) + ": " + Node.cause(cause);
        var remedy = cause instanceof StageException stage ? stage.remedy() : Optional.<String>empty();
        return StageException.invalid(message)
                .remedy(remedy.orElse("write " + command.usage()))
                .because(cause);
    }

    private Controllable controllable() throws StageException {
        var stage = node.stage().orElseThrow(this::notAtWork);
        if (stage instanceof Controllable controllable) {
            return controllable;
        }
        throw StageException.invalid(
                        node.id() + " can't be steered: a " + node.definition().type() + " takes no commands")
                .remedy("change its parameters in the pipeline's file");
    }

    private StageException notAtWork() {
        var reason = node.reason();
        return StageException.retry(node.id() + " can't be told anything, it is " + node.state()
                        + (reason.isEmpty() ? "" : ": " + reason))
                .remedy("tell it when it runs again");
    }

    /** The node takes the place of another: before it is started. */
    void succeed(Steering before) {
        if (node.definition().type().equals(before.node.definition().type())) {
            last = before.last;
        }
    }

    /** Another instance is there: it goes on as the one before was told. */
    void resume(Stage stage) {
        if (last == null || !(stage instanceof Controllable controllable)) {
            return;
        }
        try {
            command(controllable, last);
            controllable.control(last);
        } catch (Throwable e) { // whatever a stage throws goes to who asked
            node.figures()
                    .warn(node.id(), "it does not go on as it was told (" + shown(last) + "): " + Node.describe(e));
            last = null;
        }
    }

    private static String shown(Order order) {
        return Credentials.masked(order.toString());
    }
}
