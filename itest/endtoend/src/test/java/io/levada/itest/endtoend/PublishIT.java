/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Distribution;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import io.levada.itest.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream that is published to the node, by its example: served as it came, analysed, and gone without harm. */
@Execution(ExecutionMode.SAME_THREAD) // one publisher at a time
class PublishIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static NodeProcess node;

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeProcess.run(Nodes.home(PublishIT.class))
                .option("-Dlevada.leaks=all")
                .start();
        var example = node.home().resolve("examples/io.levada.pipeline-publish.cfg");
        node.deploy("publish", Files.readString(example));
    }

    @AfterAll
    static void stopNode() {
        node.terminate();
        assertTrue(!node.log().contains("LEAK"), node.log());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void packetsThatAreReadAreThosePublished(Transport transport) throws IOException {
        node.awaitState("publish", "WAITING", SOON);
        assertTrue(reason().startsWith("waits for a publisher at /cam"), PublishIT::reason);
        var clip = Distribution.packed().clip().toString();
        var publishing = new ProcessBuilder(publishing(clip, transport))
                .redirectErrorStream(true)
                .redirectOutput(
                        node.home().resolve("publisher-" + transport.word()).toFile())
                .start();
        try {
            node.awaitState("publish", "RUNNING", SOON);
            var file = accessUnits("-i", clip);
            var stream = accessUnits("-rtsp_transport", transport.word(), "-i", node.rtsp("/cam"), "-t", "4");
            assertTrue(stream.size() > 25, () -> stream.size() + " access units came");
            assertTrue(
                    Collections.indexOfSubList(repeated(file), stream) >= 0,
                    () -> "what is read is no part of what is published: " + stream + "\n" + file);
        } finally {
            publishing.destroyForcibly();
        }
        node.awaitState("publish", "WAITING", SOON);
        Await.until("why", SOON, () -> reason().contains("closed its connection"));
        var events = node.data().resolve("events/published.jsonl");
        Await.until("events", SOON, () -> Files.exists(events));
    }

    private static List<String> publishing(String clip, Transport transport) {
        var command = new ArrayList<>(List.of(FFmpegProgram.path(), "-nostdin", "-v", "error", "-re"));
        command.addAll(List.of("-stream_loop", "-1", "-i", clip, "-c", "copy", "-f", "rtsp"));
        command.addAll(List.of("-rtsp_transport", transport.word(), node.rtsp("/cam")));
        return command;
    }

    private static String reason() {
        for (var stage : node.pipeline("publish").path("stages")) {
            if (stage.path("name").asText().equals("in")) {
                return stage.path("reason").asText();
            }
        }
        return "";
    }

    private static List<String> repeated(List<String> units) {
        return Collections.nCopies(3, units).stream().flatMap(List::stream).toList();
    }

    /** The hashes of the pictures' access units, without parameter sets and delimiters. */
    private static List<String> accessUnits(String... input) {
        var arguments = new ArrayList<>(List.of(input));
        arguments.addAll(List.of("-map", "0:v", "-c", "copy"));
        arguments.addAll(List.of("-bsf:v", "h264_mp4toannexb,filter_units=remove_types=7-9"));
        arguments.addAll(List.of("-f", "framemd5", "-"));
        return FrameHashes.hashes(FFmpegProgram.run(arguments.toArray(String[]::new)));
    }
}
