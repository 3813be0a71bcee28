/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one pipeline decodes three others use, and their viewers stay when that one goes and comes back. */
class SharingIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String LOBBY =
            """
            cam.type    = source.media
            cam.url     = media/car-detection.mp4
            cam.loop    = true
            decode.type = decoder
            decode.from = cam:video
            """;
    private static final Map<String, String> USERS = Map.of(
            "large",
            """
            encode.type  = encoder
            encode.from  = lobby/decode
            encode.codec = h264
            live.type    = server.rtsp
            live.from    = encode
            live.path    = /large
            """,
            "small",
            """
            scale.type    = filter.ffmpeg
            scale.from    = lobby/decode
            scale.filters = scale=160:90
            encode.type   = encoder
            encode.from   = scale
            encode.codec  = h264
            live.type     = server.rtsp
            live.from     = encode
            live.path     = /small
            """,
            "watch",
            """
            motion.type = analyzer.motion
            motion.from = lobby/decode
            log.type    = sink.events
            log.from    = motion
            log.path    = data/watch.json
            """);

    private NodeProcess node;

    @BeforeEach
    void start() {
        node = NodeProcess.run(Nodes.home(SharingIT.class))
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=100")
                .start();
    }

    @AfterEach
    void leave() {
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    private String reason(String pipeline) {
        return node.pipeline(pipeline).path("problems").toString();
    }

    private static List<String> ended(RtpReader... readers) {
        return Stream.of(readers)
                .flatMap(reader -> reader.faults().stream())
                .filter(fault -> fault.contains("ended"))
                .toList();
    }

    @Test
    void viewersStayWhileTheProducerGoesAndComesBack() throws Exception {
        USERS.forEach(node::deploy);
        Await.value(
                "it says what it waits for",
                SOON,
                () -> reason("large"),
                reason -> reason.contains("waits for lobby/decode (there is no pipeline lobby)"));
        var lobby = node.deploy("lobby", LOBBY);
        USERS.keySet().forEach(name -> node.awaitState(name, "RUNNING", SOON));
        try (var large = new RtpReader(node.rtspPort(), "/large", Transport.UDP);
                var small = new RtpReader(node.rtspPort(), "/small", Transport.TCP)) {
            var events = node.data().resolve("watch.json").toFile();
            for (int i = 0; i < 3; i++) {
                int seen = large.timestamps("video").size();
                int other = small.timestamps("video").size();
                long written = events.length();
                Await.until("pictures", SOON, () -> large.timestamps("video").size() > seen + 40);
                Await.until("small ones", SOON, () -> small.timestamps("video").size() > other + 40);
                Await.until("events", SOON, () -> events.length() > written);
                node.remove(lobby);
                node.awaitGone("lobby", SOON);
                node.awaitState("large", "WAITING", SOON);
                lobby = node.deploy("lobby", LOBBY);
                USERS.keySet().forEach(name -> node.awaitState(name, "RUNNING", SOON));
            }
            assertEquals(List.of(), ended(large, small));
            assertRising(large.timestamps("video"));
            assertRising(small.timestamps("video"));
        }
    }

    private static void assertRising(List<Long> timestamps) {
        for (int i = 1; i < timestamps.size(); i++) {
            long step = (timestamps.get(i) - timestamps.get(i - 1)) & 0xffffffffL;
            assertTrue(step < 1L << 31, "goes back at " + i + " of " + timestamps);
        }
    }
}
