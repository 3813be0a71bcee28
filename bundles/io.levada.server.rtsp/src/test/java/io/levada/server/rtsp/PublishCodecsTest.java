/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.ffmpeg.RtpMedia;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each codec that is taken from publishers, published by ffmpeg: the bytes of its file, in a format that can be served. */
@Execution(ExecutionMode.CONCURRENT)
class PublishCodecsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Of these nothing tells where decoding can start. */
    private static final Set<String> REFUSED = Set.of("h261", "h263", "h263p");

    /** One payload format for both, or another kind of clip. */
    private static final Map<String, String> NAMES =
            Map.of("mpeg1video", "mpeg2video", "mp2", "mp3", "aac_large", "aac");

    /** Nothing for a receiver (RTP Payload Format For AV1, 5). */
    private static final Map<String, String> DELIMITERS = Map.of("av1", "av1_metadata=td=remove");

    private static TestServer server;

    @BeforeAll
    static void serve() {
        server = new TestServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Codec> taken() {
        return Stream.concat(Codec.ALL.stream(), Stream.of(Codec.MJPEG))
                .filter(codec -> !REFUSED.contains(codec.name()));
    }

    static Stream<Codec> refused() {
        return Codec.ALL.stream().filter(codec -> REFUSED.contains(codec.name()));
    }

    private static Programs.Result publish(Codec codec, String path) throws Exception {
        return Programs.run(
                60,
                List.of(
                        Programs.ffmpeg(),
                        "-v",
                        "error",
                        "-readrate",
                        "4",
                        "-i",
                        codec.clip().toString(),
                        "-c",
                        "copy",
                        "-strict",
                        "-2",
                        "-f",
                        "rtsp",
                        "-rtsp_transport",
                        "tcp",
                        server.url(path)));
    }

    private static String bytesOfTheFile(Codec codec) throws Exception {
        var output = Files.createTempFile(Path.of("target"), codec.name(), ".data");
        var command = new ArrayList<>(List.of(Programs.ffmpeg(), "-v", "error", "-y", "-i"));
        command.add(codec.clip().toString());
        command.addAll(List.of(
                "-map",
                "0:0",
                "-c",
                "copy",
                "-bsf:0",
                DELIMITERS.getOrDefault(codec.name(), "null"),
                "-f",
                "data",
                output.toString()));
        var result = Programs.run(60, command);
        assertEquals(0, result.exit(), result.output());
        var bytes = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("taken")
    void whatIsPublishedIsTheFile_andCanBeServed(Codec codec) throws Exception {
        var name = codec.encoding().contains("-c:v") ? "video" : "audio";
        try (var path = new PublishedPath(server.server(), "path", "/" + codec)) {
            var published = publish(codec, "/" + codec);
            assertEquals(0, published.exit(), published.output());
            TestServer.await("its end", SOON, () -> path.waiting().contains("ended its session"));
            var format = path.formats(name).get(0);
            assertEquals(NAMES.getOrDefault(codec.name(), codec.name()), format.codec());
            RtpMedia.of(format);
            var units = path.units(name);
            if (codec == Codec.MJPEG) {
                assertEquals(50, units.size());
                return;
            }
            var sent = bytesOfTheFile(codec);
            var received = new String(PublishedPath.bytes(units), StandardCharsets.ISO_8859_1);
            assertTrue(received.length() > sent.length() / 2, received.length() + " bytes of " + sent.length());
            assertTrue(startCodes(sent).contains(startCodes(received)), "other bytes than those of the file");
        }
    }

    /** They may have three bytes or four (H.264, B.1.1). */
    private static String startCodes(String bytes) {
        return bytes.replace("\0\0\0\1", "\0\0\1");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCouldNotBeStartedAnywhereIsRefused(Codec codec) throws Exception {
        try (var path = new PublishedPath(server.server(), "path", "/" + codec)) {
            var published = publish(codec, "/" + codec);
            assertTrue(published.exit() != 0, published.output());
            assertTrue(published.output().contains("400"), published.output());
            assertEquals("waits for a publisher at /" + codec, path.waiting());
        }
    }
}
