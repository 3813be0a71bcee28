/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the assembled distribution, with real processes. */
class CommandLineIT {

    private static final Path HOME = Path.of(System.getProperty("levada.distribution"));
    private static final long SECONDS = 60;

    @TempDir
    Path folder;

    private Path data;
    private int port;

    record Result(int code, String output) {}

    @BeforeEach
    void chooseNode() throws IOException {
        data = folder.resolve("a data directory");
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void stopNode() throws Exception {
        levada("stop");
    }

    @Test
    void startsOnceTellsItsStatusAndStops() throws Exception {
        assertEquals(3, levada("status").code());
        var start = levada("start");
        assertEquals(0, start.code(), start.output());
        assertEquals(0, levada("status").code());
        assertTrue(levada("status", "--json").output().contains("\"state\":\"RUNNING\""));

        var second = levada("run");
        assertEquals(1, second.code());
        assertTrue(second.output().contains("a node runs on " + data + " already (pid "), second.output());

        assertEquals(0, levada("stop").code());
        var after = levada("status", "--json");
        assertEquals(3, after.code());
        assertTrue(after.output().contains("NOT_RUNNING"), after.output());
        assertFalse(Files.exists(data.resolve("control.sock")));
        assertEquals(3, levada("stop").code());
    }

    @Test
    void theControlSocketIsTheOwnersAloneAndTheShellRunsCommands() throws Exception {
        levada("start");
        var mode = Files.getPosixFilePermissions(data.resolve("control.sock"));
        assertEquals("rw-------", PosixFilePermissions.toString(mode));
        var list = levada("shell", "lb");
        assertEquals(0, list.code());
        assertTrue(list.output().contains("Levada :: Control"), list.output());
        var unknown = levada("shell", "nosuchcommand");
        assertEquals(1, unknown.code());
        assertTrue(unknown.output().contains("nosuchcommand"), unknown.output());
    }

    @Test
    void aNodeThatHangsIsToldInTimeAndByAnExitCodeOfItsOwn() throws Exception {
        levada("start");
        signal("STOP");
        try {
            var status = levada("status");
            assertEquals(5, status.code(), status.output());
            assertTrue(status.output().contains("did not answer within 10 s"), status.output());
            var json = levada("status", "--json");
            assertEquals(5, json.code(), json.output());
            assertTrue(json.output().contains("NOT_ANSWERING"), json.output());
        } finally {
            signal("CONT");
        }
        assertEquals(0, levada("status").code());
    }

    @Test
    void aControlSocketThatIsGoneIsToldWithTheRemedy() throws Exception {
        levada("start");
        Files.delete(data.resolve("control.sock"));
        var status = levada("status");
        assertEquals(5, status.code(), status.output());
        assertTrue(status.output().contains("control.sock was deleted"), status.output());
        assertEquals(0, levada("stop").code());
    }

    @Test
    void clientsThatSayNothingKeepNobodyOut() throws Exception {
        levada("start");
        var idle = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < 40; i++) {
                idle.add(SocketChannel.open(UnixDomainSocketAddress.of(data.resolve("control.sock"))));
            }
            var status = levada("status");
            assertEquals(0, status.code(), status.output());
        } finally {
            for (var channel : idle) {
                channel.close();
            }
        }
    }

    @Test
    void sigtermStopsItInOrder() throws Exception {
        levada("start");
        var node = node();
        assertTrue(node.destroy());
        node.onExit().get(SECONDS, TimeUnit.SECONDS);
        assertTrue(log().contains("Levada stopped"), log());
        assertEquals(3, levada("status").code());
    }

    @Test
    void aKilledNodesLeftoversDoNotKeepItFromStarting() throws Exception {
        levada("start");
        var node = node();
        assertTrue(node.destroyForcibly());
        node.onExit().get(SECONDS, TimeUnit.SECONDS);
        assertTrue(Files.exists(data.resolve("control.sock")));
        assertEquals(3, levada("status").code());
        var again = levada("start");
        assertEquals(0, again.code(), again.output());
    }

    @Test
    void theFirstPasswordIsShownOnceAndPasswdChangesIt() throws Exception {
        var output = levada("start").output();
        var shown = Pattern.compile("admin / (\\S+) \\(shown once").matcher(output);
        assertTrue(shown.find(), output);
        var first = shown.group(1);
        assertEquals(200, console("admin", first));
        assertEquals(401, console("admin", "wrong password"));
        assertEquals(401, console("admin", "admin"));
        assertFalse(log().contains(first));

        assertEquals(1, levadaWithInput("short\n", "passwd").code());
        assertEquals(0, levadaWithInput("another password\n", "passwd").code());
        assertEquals(401, console("admin", first));
        assertEquals(200, console("admin", "another password"));

        levada("stop");
        assertFalse(levada("start").output().contains(" / "));
    }

    @Test
    void whoGuessesPasswordsIsLoggedAndBraked() throws Exception {
        levadaWithInput("another password\n", "passwd");
        levada("start");
        for (int i = 0; i < 5; i++) {
            assertEquals(401, console("mallory", "guess " + i));
        }
        assertEquals(429, console("mallory", "guess 5"));
        assertEquals(429, console("admin", "another password"));
        var told = log().lines()
                .filter(line -> line.contains("user mallory, address 127.0.0.1"))
                .toList();
        assertEquals(5, told.size(), log());
        assertTrue(told.get(4).contains("it is refused for 60 s"), told.get(4));
        assertFalse(log().contains("guess"), log());
    }

    @Test
    void theFirstPasswordIsNotUsedUpByANodeThatDoesNotStart() throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("cache"), "in the way of the framework");
        for (var command : List.of("start", "run")) {
            var failed = levada(command);
            assertEquals(1, failed.code(), failed.output());
            assertFalse(Files.exists(data.resolve("users")), failed.output());
        }
        Files.delete(data.resolve("cache"));
        var output = levada("start").output();
        assertTrue(output.contains("(shown once"), output);
        assertFalse(Files.readString(data.resolve("log/console.log")).contains("(shown once"));
    }

    @Test
    void theFirstPasswordIsShownWithoutAConsoleToo() throws Exception {
        try (var other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertEquals(port, other.getLocalPort());
            var output = runInForeground("  stop ");
            assertTrue(output.contains("console   not there"), output);
            assertTrue(output.contains("user      admin / "), output);
        }
    }

    @Test
    void secretsThatOthersMayReadAreToldInOneLine() throws Exception {
        var etc = HOME.resolve("etc/secrets");
        var secret = etc.resolve("open-secret-of-a-test");
        try {
            Files.writeString(secret, "x");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
            levada("start");
            var told = log().lines()
                    .filter(line -> line.contains("open-secret-of-a-test"))
                    .toList();
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.get(0).contains("chmod 600 " + secret), told.toString());
        } finally {
            Files.delete(secret);
        }
    }

    @Test
    void aPipelineWhoseFileIsMisnamedIsToldOnceWithTheRightName() throws Exception {
        var there = HOME.resolve("etc/io.levada.pipelin-before.cfg");
        var later = HOME.resolve("etc/io.levada.pipeline_later.cfg");
        try {
            Files.writeString(there, "cam.type = source.test\n");
            levada("start");
            Files.writeString(later, "cam.type = source.test\n");
            for (var name : List.of("before", "later")) {
                var right = "rename it to " + HOME.resolve("etc/io.levada.pipeline-" + name + ".cfg");
                awaitLog(right);
                assertEquals(
                        1, log().lines().filter(line -> line.contains(right)).count(), log());
            }
        } finally {
            Files.delete(there);
            Files.deleteIfExists(later);
        }
    }

    @Test
    void aPageOfAnotherSiteCanNotActInTheConsole() throws Exception {
        levadaWithInput("another password\n", "passwd");
        levada("start");
        var own = "http://127.0.0.1:" + port;
        assertEquals(403, post(Map.of("Origin", "http://evil.example")));
        assertEquals(403, post(Map.of("Sec-Fetch-Site", "cross-site")));
        assertEquals(200, post(Map.of("Origin", own, "Sec-Fetch-Site", "same-origin")));
    }

    @Test
    void thePagesThatOnlyShowMaskCredentialsAndTheFormSendsBackWhatWasTyped() throws Exception {
        levadaWithInput("another password\n", "passwd");
        levada("start");
        var url = "rtsp://watcher:pa55word@10.0.0.7/s";
        assertEquals(302, configure("io.levada.test", "url", url));
        for (var type : List.of("", ".txt", ".json", ".nfo")) {
            var page = get("/system/console/status-Configurations" + type);
            assertTrue(page.contains("***@10.0.0.7"), page);
            assertFalse(page.contains("pa55word"), page);
        }
        assertFalse(get("/system/console/configMgr/io.levada.test.json").contains("pa55word"));
        var form = get("/system/console/configMgr/io.levada.test?post=true");
        assertTrue(form.contains("watcher:pa55word@10.0.0.7"), form);
    }

    @Test
    void healthTellsStatesToAnyone() throws Exception {
        levada("start");
        var connection = open("/health");
        assertEquals(200, connection.getResponseCode());
        var body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("{\"state\":\"RUNNING\",\"pipelines\":{}}", body);
    }

    @Test
    void theDemoIsFoundByWhoAsksForTheNode() throws Exception {
        var node = data;
        data = node.resolve("demo");
        levada("start");
        data = node;
        var status = levada("status");
        assertEquals(3, status.code());
        data = node.resolve("demo");
        assertTrue(status.output().contains("the demo runs: --data " + data), status.output());
    }

    @Test
    void aPortThatIsNoneIsRefusedAtStart() throws Exception {
        for (var command : List.of("run", "start")) {
            var refused = execute(
                    Map.of("LEVADA_OPTS", "-Dorg.osgi.service.http.port=http"),
                    "",
                    script(),
                    List.of(command, "--data", data.toString()));
            assertEquals(1, refused.code(), refused.output());
            assertTrue(refused.output().contains("org.osgi.service.http.port is 'http'"), refused.output());
        }
    }

    @Test
    void anOldOrMissingJavaIsNamed() throws Exception {
        var java = Files.createDirectories(folder.resolve("old java/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        var old = execute(Map.of("JAVA_HOME", folder.resolve("old java").toString()), "", script(), List.of("status"));
        assertEquals(1, old.code());
        assertTrue(old.output().contains("is Java 11.0.2; Java 17 or newer is needed"), old.output());
        var none = execute(Map.of("JAVA_HOME", folder.toString()), "", script(), List.of("status"));
        assertEquals(1, none.code());
        assertTrue(none.output().contains("there is no bin/java in it"), none.output());
    }

    @Test
    void aDataDirectoryThatCanNotBeMadeIsNamed() throws Exception {
        Files.writeString(data, "a file is in the way");
        var run = levada("run");
        assertEquals(1, run.code());
        assertTrue(run.output().contains("the data directory " + data + " can't be made"), run.output());
        assertTrue(run.output().contains("--data DIR"), run.output());
        Files.delete(data);
    }

    @Test
    void worksThroughASymbolicLinkAndWithALongPath() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("link to levada"), HOME.resolve("bin/levada"));
        data = folder.resolve("d".repeat(120));
        var start = execute(Map.of(), "", link, List.of("start", "--data", data.toString()));
        assertEquals(0, start.code(), start.output());
        assertEquals(0, levada("status").code());
    }

    /** The usual case of a service, where nobody chose a locale. */
    @Test
    void namesMayHaveAnyLetterInTheCLocaleToo() throws Exception {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this test itself names such files");
        var home = Files.createDirectory(folder.resolve("Häuschen für Kameras"));
        try (var parts = Files.newDirectoryStream(HOME, part -> !part.endsWith("etc") && !part.endsWith("data"))) {
            for (var part : parts) {
                copy(part, home.resolve(part.getFileName()));
            }
        }
        copy(HOME.resolve("etc"), home.resolve("etc"));
        Files.move(home.resolve("media/car-detection.mp4"), home.resolve("media/über uns.mp4"));
        Files.writeString(
                home.resolve("etc/io.levada.pipeline-lobby.cfg"),
                "cam.type = source.media\ncam.url = media/über uns.mp4\ncam.loop = true\n"
                        + "end.type = sink.null\nend.from = cam\n");
        data = home.resolve("Daten größer");
        var locale = Map.of("LC_ALL", "C", "LANG", "");
        var start = execute(locale, "", home.resolve("bin/levada"), List.of("start", "--data", data.toString()));
        assertEquals(0, start.code(), start.output());
        var status = levada("status");
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                status.code() != 0 && System.nanoTime() < end; ) {
            status = levada("status");
        }
        assertTrue(status.output().contains("lobby     RUNNING"), status.output());
        assertTrue(status.output().contains(data.toString()), status.output());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Runs a node until it has said something, and stops it. */
    private String runInForeground(String words) throws Exception {
        var output = folder.resolve("foreground");
        var builder = new ProcessBuilder(script().toString(), "run", "--data", data.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("LEVADA_OPTS", "-Dorg.osgi.service.http.port=" + port);
        var process = builder.start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!Files.readString(output).contains(words) && System.nanoTime() < end) {
            assertFalse(process.waitFor(50, TimeUnit.MILLISECONDS), () -> "it ended: " + output);
        }
        levada("stop");
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
        return Files.readString(output);
    }

    private ProcessHandle node() throws IOException {
        return ProcessHandle.of(
                        Long.parseLong(Files.readString(data.resolve("pid")).strip()))
                .orElseThrow();
    }

    private void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(node().pid()));
        assertEquals(0, kill.inheritIO().start().waitFor());
    }

    private void awaitLog(String words) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!log().contains(words) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertTrue(log().contains(words), log());
    }

    private String log() throws IOException {
        return Files.readString(data.resolve("log/levada.log")) + Files.readString(data.resolve("log/console.log"));
    }

    private int console(String user, String password) throws IOException {
        var connection = open("/system/console/bundles");
        connection.setRequestProperty("Authorization", basic(user + ":" + password));
        return connection.getResponseCode();
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private int post(Map<String, String> headers) throws IOException, InterruptedException {
        // Of the JDK's clients this one sends an Origin that is not its own.
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/system/console/bundles"))
                .header("Authorization", basic("admin:another password"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("action=refreshPackages"));
        headers.forEach(request::header);
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** As the console's form does. */
    private int configure(String pid, String key, String value) throws IOException, InterruptedException {
        var form = "apply=true&action=ajaxConfigManager&propertylist=" + key + "&" + key + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/system/console/configMgr/" + pid))
                .header("Authorization", basic("admin:another password"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String get(String path) throws IOException {
        var connection = open(path);
        connection.setRequestProperty("Authorization", basic("admin:another password"));
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private HttpURLConnection open(String path) throws IOException {
        var uri = URI.create("http://127.0.0.1:" + port + path);
        return (HttpURLConnection) uri.toURL().openConnection();
    }

    private Result levada(String... arguments) throws Exception {
        return levadaWithInput("", arguments);
    }

    private Result levadaWithInput(String input, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--data", data.toString()));
        return execute(Map.of(), input, script(), all);
    }

    private static Path script() {
        return HOME.resolve("bin/levada");
    }

    private Result execute(Map<String, String> environment, String input, Path program, List<String> arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        var output = Files.createTempFile(folder, "output", "");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LEVADA_OPTS", "-Dorg.osgi.service.http.port=" + port);
        builder.environment().putAll(environment);
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end: " + Files.readString(output));
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
