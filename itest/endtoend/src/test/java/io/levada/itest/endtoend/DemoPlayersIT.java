/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.levada.itest.Await;
import io.levada.itest.Clip;
import io.levada.itest.NodeProcess;
import io.levada.itest.Player;
import io.levada.itest.Transport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code bin/levada demo}, watched by all players at once. */
class DemoPlayersIT {

    private static final int SECONDS = Integer.getInteger("levada.watch.seconds");
    private static NodeProcess node;

    @BeforeAll
    static void startDemo() {
        node = NodeProcess.demo(Nodes.home(DemoPlayersIT.class))
                .option("-Dlevada.leaks=all")
                .start();
        Await.value(
                "the demo is warm",
                Duration.ofSeconds(30),
                () -> node.pipeline("demo").path("framesPerSecond").asDouble(),
                rate -> Math.abs(rate - Clip.FRAMES_PER_SECOND) < 0.5);
    }

    @AfterAll
    static void stopDemo() {
        node.terminate();
        assertTrue(!node.log().contains("LEAK"), node.log());
    }

    /**
     * An overloaded machine drops pictures of the analysed stream and counts them; such counted gaps are let pass unless asked
     * for by {@code -Dlevada.strict=true}. The untouched stream has none in any case.
     */
    private static final boolean STRICT = Boolean.getBoolean("levada.strict");

    static Stream<Arguments> everyWayToWatch() {
        return Stream.of("/demo", "/demo/raw")
                .flatMap(path -> Arrays.stream(Player.values()).flatMap(player -> Arrays.stream(Transport.values())
                        .map(transport -> Arguments.of(path, player, transport))));
    }

    @ParameterizedTest(name = "{0} by {1} over {2}")
    @MethodSource("everyWayToWatch")
    void theStreamPlaysOnAcrossTheLoopWithoutAFault(String path, Player player, Transport transport) {
        player.missing().ifPresent(DemoPlayersIT::withoutPlayer);
        var viewing = player.play(node.rtsp(path), transport, SECONDS);
        assertEquals(List.of(), viewing.complaints());
        var faults = viewing.faults(0, Clip.PICTURE);
        if (path.equals("/demo")
                && !STRICT
                && node.pipeline("demo").path("dropped").asLong() > 0) {
            faults =
                    faults.stream().filter(fault -> !fault.startsWith("gap of")).toList();
        }
        assertEquals(List.of(), faults, () -> node.pipeline("demo").toString());
        if (viewing.times().size() > 1) {
            assertEquals(List.of(), viewing.faults(1, Clip.SOUND));
        }
        assertTrue(viewing.seconds(0) > SECONDS - 2 * Clip.PICTURE, () -> "saw " + viewing.seconds(0) + " s");
    }

    /** A user may do without a player, a build server may not. */
    private static void withoutPlayer(String why) {
        if ("true".equals(System.getenv("CI"))) {
            fail(why);
        }
        abort(why);
    }
}
