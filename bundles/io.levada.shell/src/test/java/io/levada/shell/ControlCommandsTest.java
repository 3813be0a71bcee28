/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.Controls;
import io.levada.api.pipeline.Steered;
import io.levada.api.stage.Command;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ControlCommandsTest {

    private final ControlCommands commands = new ControlCommands(new Lobby());

    /** A node with a switch. */
    private record Lobby() implements Controls {

        @Override
        public CompletionStage<String> call(String pipeline, String stage, String command, List<String> arguments) {
            return stage.equals("switch")
                    ? CompletableFuture.completedFuture(pipeline + "/" + stage + " " + command + " " + arguments)
                    : CompletableFuture.failedFuture(
                            StageException.invalid("there is no stage " + stage).remedy("name one of: switch"));
        }

        @Override
        public CompletionStage<Steered> steered(String pipeline, String stage) {
            return CompletableFuture.completedFuture(new Standing(
                    List.of(
                            new Command("select", "INPUT|off", "lets another input through", true),
                            new Command("flash", "", "flashes", false)),
                    "cam1 goes through"));
        }
    }

    private record Standing(List<Command> commands, String standing) implements Steered {}

    private static String failure(Runnable command) {
        return assertThrows(CommandFailed.class, command::run).getMessage();
    }

    @Test
    void anOrderGoesToTheStage() {
        assertEquals("lobby/switch select [cam2]", commands.control("lobby/switch", "select", "cam2"));
        assertEquals("lobby/switch open [10, s]", commands.control("lobby/switch", "open", "10", "s"));
    }

    @Test
    void withoutAnOrderItSaysWhatTheStageTakesAndHowItStands() {
        assertEquals(
                """
                lobby/switch: cam1 goes through
                  select INPUT|off  lets another input through
                  flash             flashes""",
                commands.control("lobby/switch"));
    }

    @Test
    void whatCantBeDoneFailsTheCommandWithItsRemedy() {
        assertEquals(
                "there is no stage swich; remedy: name one of: switch",
                failure(() -> commands.control("lobby/swich", "select", "cam2")));
        assertTrue(failure(() -> commands.control("switch", "select")).contains("write it like lobby/switch"));
        assertTrue(
                failure(() -> new ControlCommands().control("lobby/switch")).contains("io.levada.wiring does not run"));
    }
}
