/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeterministicSchedulerTest {

    private static List<String> order(long seed) {
        List<String> order = new ArrayList<>();
        var scheduler = new DeterministicScheduler(seed);
        for (var name : List.of("a", "b", "c")) {
            for (int i = 1; i <= 3; i++) {
                String step = name + i;
                scheduler.actor(name).then(() -> order.add(step));
            }
        }
        scheduler.run();
        return order;
    }

    @Test
    void theSameSeedGivesTheSameOrder() {
        assertEquals(order(42), order(42));
    }

    @Test
    void seedsGiveManyOrdersButKeepEachActorsOwn() {
        Set<List<String>> orders = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            var order = order(seed);
            assertEquals(9, order.size());
            assertTrue(order.indexOf("b1") < order.indexOf("b2") && order.indexOf("b2") < order.indexOf("b3"));
            orders.add(order);
        }
        assertTrue(orders.size() > 40, "only " + orders.size() + " orders");
    }

    @Test
    void tasksThatStepsSubmitRunToo() {
        List<String> done = new ArrayList<>();
        var scheduler = new DeterministicScheduler(1);
        var worker = scheduler.actor("worker");
        scheduler.actor("caller").then(() -> worker.execute(() -> done.add("task")));
        scheduler.run();
        assertEquals(List.of("task"), done);
    }

    @Test
    void aRaceIsFoundAndTheFailureNamesTheSeedThatShowsItAgain() {
        var failure = assertThrows(
                AssertionError.class,
                () -> DeterministicScheduler.explore(100, scheduler -> {
                    int[] counter = new int[1];
                    for (var name : List.of("one", "two")) {
                        int[] read = new int[1];
                        scheduler.actor(name).then(() -> read[0] = counter[0]).then(() -> counter[0] = read[0] + 1);
                    }
                    scheduler.actor("one").then(() -> scheduler.actor("two").then(() -> assertEquals(2, counter[0])));
                }));
        assertTrue(
                failure.getMessage().matches("(?s)seed \\d+ .*-Dlevada\\.seed=\\d+.*order: .*two.*"),
                failure.getMessage());
    }
}
