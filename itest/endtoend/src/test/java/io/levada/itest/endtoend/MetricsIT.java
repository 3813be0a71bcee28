/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.Console;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import io.levada.itest.Scrape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a node that runs the demo tells of itself, and whom. */
@Execution(ExecutionMode.SAME_THREAD)
class MetricsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern METRIC = Pattern.compile("\\b(?:levada|jvm|process)_[a-z0-9_]+");

    private static final String FAST =
            """
            cam.type         = source.media
            cam.url          = media/car-detection.mp4
            cam.loop         = true
            cam.pace         = fast
            live.type        = server.rtsp
            live.from        = cam:video
            live.path        = /fast
            live.queue-bytes = 500 kB
            live.evict-after = 1 s
            """;

    private static NodeProcess node;
    private static Process viewer;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startDemoWithAViewer() throws IOException {
        node = NodeProcess.demo(Nodes.home(MetricsIT.class))
                .option("-Dfelix.fileinstall.poll=100")
                .start();
        viewer = new ProcessBuilder(
                        FFmpegProgram.path(),
                        "-nostdin",
                        "-v",
                        "error",
                        "-rtsp_transport",
                        "udp", // ffmpeg reports over UDP only
                        "-i",
                        node.rtsp("/demo"),
                        "-f",
                        "null",
                        "-")
                .redirectErrorStream(true)
                .redirectOutput(node.home().resolve("viewer").toFile())
                .start();
    }

    @AfterAll
    static void stop() {
        viewer.destroyForcibly();
        node.close();
    }

    private static Scrape awaitScrape(String what, Predicate<Scrape> so) {
        return Await.value(what, SOON, Duration.ofMillis(200), () -> Scrape.of(node), so);
    }

    private HttpResponse<byte[]> answer(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private int status(String... headers) {
        var request = Scrape.request(node);
        return answer((headers.length == 0 ? request : request.headers(headers)).build())
                .statusCode();
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(node.home().resolve("share/grafana/levada.json").toFile());
    }

    @Test
    void everythingThatTheDashboardAsksForIsTold() throws IOException {
        awaitScrape("the viewer reports", scrape -> scrape.has("levada_reader_round_trip_seconds"));
        var asked = Stream.of("expr", "query", "definition")
                .flatMap(field -> dashboardTexts(field).stream())
                .flatMap(text -> METRIC.matcher(text).results().map(match -> match.group()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(asked.size() > 30, asked.toString());
        asked.removeAll(Scrape.of(node).names());
        assertEquals(Set.of(), asked);
    }

    private static List<String> dashboardTexts(String field) {
        try {
            return dashboard().findValues(field).stream()
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theDashboardLetsOneChooseDataSourceNodePipelineAndStage() throws IOException {
        var variables = new ArrayList<String>();
        dashboard()
                .path("templating")
                .path("list")
                .forEach(variable -> variables.add(variable.path("name").asText()));
        assertEquals(List.of("datasource", "instance", "pipeline", "stage"), variables);
        for (var panel : dashboard().path("panels")) {
            for (var target : panel.path("targets")) {
                assertEquals(
                        "${datasource}",
                        target.path("datasource").path("uid").asText(),
                        panel.path("title").asText());
            }
        }
    }

    @Test
    void promtoolFindsNothingToSay() {
        var command = Command.of("promtool", "check", "metrics")
                .reading(awaitScrape("the viewer is there", scrape -> scrape.has("levada_reader_info"))
                        .text());
        try {
            var result = command.run();
            assertEquals("0: ", result.code() + ": " + result.out() + result.err());
        } catch (UncheckedIOException e) {
            if ("true".equals(System.getenv("CI"))) {
                fail(e);
            }
            abort(e.getMessage());
        }
    }

    @Test
    void theViewerIsToldOfWithWhatItGets() {
        var scrape = awaitScrape(
                "the viewer plays",
                now -> now.has("levada_reader_state", "pipeline", "demo", "stage", "live", "state", "PLAYING"));
        assertTrue(
                scrape.has("levada_reader_info", "path", "/demo", "protocol", "rtsp", "transport", "udp", "user", ""));
        double bytes = scrape.sum("levada_reader_sent_bytes_total", "pipeline", "demo");
        awaitScrape("it gets more", now -> now.sum("levada_reader_sent_bytes_total", "pipeline", "demo") > bytes);
        assertEquals(1, scrape.sum("levada_stream_readers", "pipeline", "demo", "stage", "live"));
    }

    @Test
    void aScraperMayAskForOpenMetrics() {
        var answer = answer(Scrape.request(node)
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
                .build());
        var type = answer.headers().firstValue("Content-Type").orElse("");
        assertTrue(type.startsWith("application/openmetrics-text"), type);
        var text = new String(answer.body(), StandardCharsets.UTF_8);
        assertTrue(text.endsWith("# EOF\n"), text);
        assertTrue(text.contains("# TYPE levada_pipeline_events counter\n"), text);
    }

    @Test
    void whatIsAskedByIsReadOnlyAndNeverEchoed() {
        for (var method : List.of("TRACE", "POST", "PUT", "DELETE")) {
            var answer = answer(Scrape.request(node)
                    .header("X-Secret", "echoed")
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build());
            assertEquals(405, answer.statusCode(), method);
            assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("echoed"), method);
        }
        var options = answer(Scrape.request(node)
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build());
        assertEquals("GET, HEAD, OPTIONS", options.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void aScraperThatWouldRatherHaveProtocolBuffersGetsTextThatItTakesToo() {
        var answer = answer(Scrape.request(node)
                .header(
                        "Accept",
                        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                                + "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3")
                .build());
        assertEquals(200, answer.statusCode());
        var type = answer.headers().firstValue("Content-Type").orElse("");
        assertTrue(type.startsWith("application/openmetrics-text"), type);
    }

    @Test
    void aScraperMayAskForLessBytes() throws IOException {
        var answer =
                answer(Scrape.request(node).header("Accept-Encoding", "gzip").build());
        assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElse(""));
        try (var in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            var text = in.readAllBytes();
            assertTrue(text.length > 3 * answer.body().length, text.length + " bytes");
            assertTrue(new String(text, StandardCharsets.UTF_8).contains("levada_build_info{"));
        }
    }

    @Test
    void scrapesAtTheSameTimeAreAllWhole() {
        var expected = Scrape.of(node).names();
        expected.removeIf(name -> name.startsWith("levada_reader_")); // viewers come and go
        var answers = Stream.generate(
                        () -> http.sendAsync(Scrape.request(node).build(), HttpResponse.BodyHandlers.ofString()))
                .limit(8)
                .toList();
        for (var answer : answers) {
            var names = Scrape.of(answer.join()).names();
            assertTrue(names.containsAll(expected), names.toString());
        }
    }

    @Test
    void aReaderThatDoesNotReadIsEndedAndEverybodyIsToldWhy() throws Exception {
        var file = node.deploy("fast", FAST);
        node.awaitState("fast", "RUNNING", SOON);
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.rtspPort()));
            var answer = ask(
                    socket,
                    "SETUP " + node.rtsp("/fast")
                            + "/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1");
            var session = answer.replaceAll("(?s).*Session: (\\w+).*", "$1");
            ask(socket, "PLAY " + node.rtsp("/fast") + " RTSP/1.0\r\nCSeq: 2\r\nSession: " + session);
            awaitScrape(
                    "it is ended",
                    scrape -> scrape.sum("levada_stream_evicted_readers_total", "pipeline", "fast") == 1);
        }
        var status = node.status();
        var ended = status.path("endedReaders").get(0);
        assertEquals("/fast", ended.path("path").asText(), status.toString());
        assertEquals("read too slowly for 1 s", ended.path("reason").asText());
        assertTrue(ended.path("dropped").asLong() > 0, ended.toString());
        assertTrue(ended.path("skips").asLong() > 0, ended.toString());
        var shown = node.levada("shell", "--data", node.data().toString(), "readers", "/fast");
        assertTrue(shown.out().contains("nobody reads /fast"), shown.out() + shown.err());
        assertTrue(shown.out().contains("read too slowly for 1 s"), shown.out() + shown.err());
        assertTrue(
                status.path("readers").findValuesAsText("path").contains("/demo"),
                status.path("readers").toString());
        node.remove(file);
        awaitScrape("the series are gone", scrape -> !scrape.text().contains("pipeline=\"fast\""));
    }

    /** Sends a request, and reads the head of the answer, byte by byte so that nothing behind it is taken. */
    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) socket.getInputStream().read());
        }
        assertTrue(answer.toString().startsWith("RTSP/1.0 200"), answer.toString());
        return answer.toString();
    }

    @Test
    void aRemovedPluginTakesItsSeriesWithIt() throws IOException {
        var jar = node.home().resolve("plugins/fine.jar");
        new PluginBundle("acme.fine", "1.0", "io.levada.itest.plugin.fine").drop(jar);
        var file = node.deploy("looking", "cam.type = source.test\nlook.type = analyzer.fine\nlook.from = cam:video\n");
        awaitScrape(
                "it runs",
                scrape -> scrape.sum("levada_plugin_running", "file", "fine.jar") == 1
                        && scrape.has("levada_stage_info", "stage", "look", "implementation", "analyzer.fine")
                        && scrape.sum("levada_pipeline_events_total", "pipeline", "looking") > 0);
        Files.delete(jar);
        awaitScrape(
                "it is gone",
                scrape -> !scrape.has("levada_plugin_running", "file", "fine.jar")
                        && !scrape.has("levada_stage_info", "stage", "look", "implementation", "analyzer.fine")
                        && scrape.has("levada_stage_state", "stage", "look", "state", "WAITING"));
        node.remove(file);
        awaitScrape("the pipeline, too", scrape -> !scrape.text().contains("pipeline=\"looking\""));
    }

    @Test
    void whoAsksFromElsewhereSignsInAndTheRuleChangesWhileTheNodeRuns() throws IOException {
        var signedIn = Console.of(node).authorization();
        assertEquals(401, status("X-Forwarded-For", "192.0.2.7"), "by a proxy on this machine");
        assertEquals(200, status("X-Forwarded-For", "192.0.2.7", "Authorization", signedIn));
        var file = node.etc().resolve("io.levada.metrics.cfg");
        Files.writeString(file, "read = users\nreaders = 0\n");
        Await.until("a user is asked for", SOON, () -> status() == 401);
        assertEquals(401, status("Authorization", "Basic bm9ib2R5OndoYXRldmVy"));
        assertEquals(200, status("Authorization", signedIn));
        Files.writeString(file, "read = everybody\n");
        Await.until("the mistake is told", SOON, () -> node.log()
                .contains("read = everybody is none of auto, users, anyone"));
        assertEquals(401, status(), "it goes on as it was");
        Files.delete(file);
        Await.until("it is as by default", SOON, () -> status() == 200);
    }
}
