/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import io.levada.itest.Command;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What the driver tells of the cards, and of what a process has there. Where there is none, all lists are empty. */
final class Cards {

    private static final boolean THERE = Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> java.nio.file.Files.isExecutable(java.nio.file.Path.of(folder, "nvidia-smi")));

    private Cards() {}

    /** MiB in use on each. */
    static List<Long> used() {
        return ask("--query-gpu=memory.used").stream().map(Long::parseLong).toList();
    }

    /** MiB that a process has, a figure for each of its contexts; in the order of the cards. */
    static List<Long> used(long pid) {
        var order = ask("--query-gpu=uuid");
        return ask("--query-compute-apps=pid,gpu_uuid,used_memory").stream()
                .map(line -> line.split(", "))
                .filter(row -> row[0].equals(Long.toString(pid)))
                .sorted((one, other) -> order.indexOf(one[1]) - order.indexOf(other[1]))
                .map(row -> Long.parseLong(row[2]))
                .toList();
    }

    private static List<String> ask(String query) {
        if (!THERE) {
            return List.of();
        }
        var command = Command.of("nvidia-smi", query, "--format=csv,noheader,nounits");
        return Arrays.stream(command.run().orFail(command).out().split("\n"))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
