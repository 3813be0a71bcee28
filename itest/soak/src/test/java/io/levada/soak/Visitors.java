/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.Distribution;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.LazyReader;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Who reads and publishes for a while. */
final class Visitors {

    private static final int LONGEST_SECONDS = 30;
    private static final Duration START_AND_END = Duration.ofMinutes(1);

    private final NodeProcess node;
    private final Chores chores;
    /** Packets that UDP lost: on a busy machine that happens, and is told. */
    private final AtomicInteger lost = new AtomicInteger();

    Visitors(NodeProcess node, Chores chores) {
        this.node = node;
        this.chores = chores;
    }

    private static int seconds() {
        return 2 + ThreadLocalRandom.current().nextInt(LONGEST_SECONDS - 2);
    }

    /** Looks at each packet of a stream that nobody touches: over TCP none is missing. */
    void reader(Transport transport) throws IOException, InterruptedException {
        try (var reader = new RtpReader(node.rtspPort(), Pipelines.UNTOUCHED, transport)) {
            chores.rest(Duration.ofSeconds(seconds()));
            if (transport == Transport.UDP) {
                lost.addAndGet(reader.faults().size());
            } else {
                reader.faults().forEach(fault -> chores.fault("a reader over TCP: " + fault));
            }
        }
    }

    int lost() {
        return lost.get();
    }

    /** The ffmpeg program, decoding; with the stream that changes and is decoded on both sides. */
    void player(Transport transport) {
        ffmpeg(
                        "-rtsp_transport",
                        transport.word(),
                        "-i",
                        node.rtsp(Pipelines.CHANGED),
                        "-t",
                        Integer.toString(seconds()),
                        "-f",
                        "null",
                        "-")
                .run()
                .orFail("ffmpeg over " + transport);
    }

    /**
     * Publishes the clip, of which somebody reads. Without being let catch up, FFmpeg 8.0.1 sends this clip, sound and picture, at
     * half its speed, wherever to; it would take over a minute for the longest time.
     */
    void publisher(Transport transport) throws IOException {
        var time = Integer.toString(seconds() + 5);
        var publishing = new ProcessBuilder(List.of(
                        FFmpegProgram.path(),
                        "-nostdin",
                        "-v",
                        "error",
                        "-re",
                        "-readrate_catchup",
                        "1.5",
                        "-stream_loop",
                        "-1",
                        "-i",
                        Distribution.packed().clip().toString(),
                        "-t",
                        time,
                        "-c",
                        "copy",
                        "-f",
                        "rtsp",
                        "-rtsp_transport",
                        transport.word(),
                        node.rtsp(Pipelines.PUBLISHED)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Await.until("somebody publishes", START_AND_END, this::published);
            ffmpeg(
                            "-rtsp_transport",
                            "tcp",
                            "-i",
                            node.rtsp(Pipelines.PUBLISHED),
                            "-t",
                            "2",
                            "-c",
                            "copy",
                            "-f",
                            "null",
                            "-")
                    .run()
                    .orFail("a reader of what is published");
            Await.until("the publisher ends", START_AND_END, () -> !publishing.isAlive());
            if (publishing.exitValue() != 0) {
                throw new AssertionError("publishing over " + transport + " ended with " + publishing.exitValue());
            }
        } finally {
            publishing.destroyForcibly();
        }
    }

    private boolean published() {
        for (var stage : node.pipeline("gate").path("stages")) {
            if (stage.path("gauges").path("publishers").asInt() > 0) {
                return true;
            }
        }
        return false;
    }

    private static Command ffmpeg(String... arguments) {
        var all = new ArrayList<>(List.of("-hide_banner", "-nostdin", "-v", "error"));
        all.addAll(List.of(arguments));
        return Command.of(FFmpegProgram.path(), all.toArray(String[]::new))
                .within(START_AND_END.plusSeconds(LONGEST_SECONDS));
    }

    /** Plays over TCP, reads nothing and leaves in the middle of it. */
    void stranger() throws IOException, InterruptedException {
        var stranger = new LazyReader(node.rtspPort(), Pipelines.UNTOUCHED);
        chores.rest(Duration.ofSeconds(LONGEST_SECONDS));
        stranger.close();
    }
}
