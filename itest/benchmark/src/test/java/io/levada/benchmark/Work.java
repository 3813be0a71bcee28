/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * A piece of work as a user has it done: by the ffmpeg program, or by a running node that gets a pipeline file. It lasts from
 * the start of the program, or from the file's arrival in the node's etc/, until everything is done.
 *
 * @param arguments of the program behind {@code ffmpeg -i FILM}
 * @param stages of the pipeline behind the stage {@code in} that reads the film
 */
record Work(String arguments, String stages) {

    /** Of each codec, in the program as in the node. */
    static final int THREADS = threads();

    private static final Duration AT_MOST = Duration.ofMinutes(5);

    private static int threads() {
        int wanted = Integer.getInteger("levada.benchmark.threads");
        return wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    }

    /** So many programs do it at once. */
    Duration byProgram(Path film, int times) {
        var words = new ArrayList<>(List.of("-hide_banner", "-nostdin", "-v", "error", "-y"));
        words.addAll(List.of("-threads", Integer.toString(THREADS), "-i", film.toString()));
        words.addAll(List.of(arguments.split(" ")));
        var command =
                Command.of(FFmpegProgram.path(), words.toArray(String[]::new)).within(AT_MOST);
        var executor = Executors.newFixedThreadPool(times);
        try {
            long start = System.nanoTime();
            var runs = IntStream.range(0, times)
                    .mapToObj(
                            i -> CompletableFuture.runAsync(() -> command.run().orFail(command), executor))
                    .toList();
            runs.forEach(CompletableFuture::join);
            return Duration.ofNanos(System.nanoTime() - start);
        } finally {
            executor.shutdown();
        }
    }

    /** So many pipelines of one node do it at once. */
    Duration byNode(NodeProcess node, Path film, int times) {
        var files = IntStream.range(0, times)
                .mapToObj(i -> new PipelineFile(
                        "work-" + i, "in.type = source.media\nin.url = " + film + "\nin.pace = fast\n" + stages))
                .toList();
        var start = Instant.now();
        files.forEach(file -> file.drop(node.etc()));
        var end = files.stream()
                .map(file -> ended(node, file.name()))
                .max(Instant::compareTo)
                .orElseThrow();
        files.forEach(node::remove);
        files.forEach(file -> node.awaitGone(file.name(), AT_MOST));
        return Duration.between(start, end);
    }

    /** By the node's own account, so that looking seldom, which hardly disturbs it, is exact enough. */
    private static Instant ended(NodeProcess node, String pipeline) {
        Await.value(
                pipeline + " has ended", AT_MOST, Duration.ofMillis(100), () -> node.state(pipeline), "ENDED"::equals);
        return Instant.parse(node.pipeline(pipeline).path("since").asText());
    }
}
