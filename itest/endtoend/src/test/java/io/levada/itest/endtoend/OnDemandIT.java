/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.Figures;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody watches, nothing is encoded; somebody watches, and there is a picture. */
class OnDemandIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration PICTURE = Duration.ofSeconds(2);
    private static final int VISITS = 100;
    private static final String BRANCH =
            """
            cam.type          = source.media
            cam.url           = media/car-detection.mp4
            cam.loop          = true
            decode.type       = decoder
            decode.from       = cam:video
            decode.activation = on-demand
            decode.linger     = 500 ms
            encode.type       = encoder
            encode.from       = decode
            encode.codec      = h264
            encode.activation = on-demand
            encode.linger     = 500 ms
            live.type         = server.rtsp
            live.from         = encode
            live.path         = /lobby
            """;

    private NodeProcess node;

    @BeforeEach
    void sleep(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName() + test.getDisplayName();
        node = NodeProcess.run(Nodes.home(OnDemandIT.class).resolve(name.replaceAll("\\W", "")))
                .option("-Dlevada.leaks=all")
                .start();
        node.deploy("lobby", BRANCH);
        node.awaitState("lobby", "RUNNING", SOON);
        awaitAsleep();
    }

    @AfterEach
    void leave() {
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    private JsonNode stage(String name) {
        return StreamSupport.stream(node.pipeline("lobby").path("stages").spliterator(), false)
                .filter(stage -> stage.path("name").asText().equals(name))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private void awaitAsleep() {
        for (var name : List.of("encode", "decode")) {
            Await.value(name + " is asleep", SOON, () -> stage(name), stage -> stage.path("reason")
                    .asText()
                    .equals("asleep: nobody watches"));
        }
        assertEquals("RUNNING", node.state("lobby"));
    }

    /** Watches from the request to the first picture, and says how long that took. */
    private RtpReader watch(Transport transport) throws IOException {
        long asked = System.nanoTime();
        var reader = new RtpReader(node.rtspPort(), "/lobby", transport);
        Await.until("a picture", PICTURE, () -> !reader.timestamps("video").isEmpty());
        System.out.printf("%s: the first picture after %d ms%n", transport, (System.nanoTime() - asked) / 1_000_000);
        return reader;
    }

    @Test
    void nothingIsEncodedWhileNobodyWatches() throws Exception {
        long camera = stage("cam").path("samplesOut").asLong();
        var encode = stage("encode");
        var decode = stage("decode");
        Await.until(
                "the camera goes on",
                SOON,
                () -> stage("cam").path("samplesOut").asLong() > camera + 25);
        for (var figure : List.of("samplesIn", "samplesOut")) {
            assertEquals(encode.path(figure), stage("encode").path(figure), "encode " + figure);
            assertEquals(decode.path(figure), stage("decode").path(figure), "decode " + figure);
        }
    }

    @Test
    void readersShareWhatTheFirstOneWoke() throws Exception {
        var first = watch(Transport.UDP);
        try (var second = watch(Transport.TCP)) {
            awaitMore(second, 10);
            first.close();
            awaitMore(second, 40);
            assertEquals(List.of(), second.faults());
            assertFalse(stage("encode").path("reason").asText().contains("asleep"));
        }
        awaitAsleep();
        watch(Transport.TCP).close();
    }

    private static void awaitMore(RtpReader reader, int pictures) {
        int seen = reader.timestamps("video").size();
        Await.until(
                pictures + " pictures", SOON, () -> reader.timestamps("video").size() > seen + pictures);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aPlayerSeesPictures(Transport transport) {
        var printed = FFmpegProgram.run(
                "-rtsp_transport",
                transport.word(),
                "-i",
                node.rtsp("/lobby"),
                "-frames:v",
                "10",
                "-f",
                "framecrc",
                "-");
        assertEquals(10, printed.lines().filter(line -> !line.startsWith("#")).count(), printed);
    }

    @Test
    void aHundredVisitsLeaveNothing() throws Exception {
        visit(10);
        var before = node.figures();
        visit(VISITS);
        Await.value("as before", Duration.ofSeconds(60), () -> faults(before, node.figures()), String::isEmpty);
    }

    private void visit(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (var reader = new RtpReader(node.rtspPort(), "/lobby", i % 2 == 0 ? Transport.UDP : Transport.TCP)) {
                if (i % 10 == 0) {
                    Await.until(
                            "a picture", SOON, () -> !reader.timestamps("video").isEmpty());
                }
            }
            if (i % 20 == 9) {
                awaitAsleep();
            }
        }
        awaitAsleep();
    }

    private static String faults(Figures before, Figures after) {
        return after.threads() > before.threads() + 2 || after.files() > before.files() + 2
                ? before + " -> " + after
                : "";
    }
}
