/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** The web console of a node as its pages' scripts use it, signed in. */
public final class Console {

    private static final String PASSWORD = "a password of tests";

    /** An answer of the console. */
    public record Answer(int status, String body) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;

    private Console(String address) {
        this.address = address;
    }

    /** Gives the node's first user a password. */
    public static Console of(NodeProcess node) {
        var command = Command.of(
                        node.home().resolve("bin/levada").toString(),
                        "passwd",
                        "--data",
                        node.data().toString())
                .reading(PASSWORD + "\n");
        command.run().orFail(command);
        return new Console("http://127.0.0.1:" + node.httpPort() + "/system/console/");
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    /** A form, as browsers send it. */
    public Answer post(String path, Map<String, String> form) {
        var body = form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * A form with a file, as browsers send it.
     *
     * @param fileName as the browser tells it
     */
    public Answer upload(String path, Map<String, String> form, String field, String fileName, Path file) {
        var boundary = "----FormBoundary7MA4YWxkTrZu0gW";
        var start = new StringBuilder();
        form.forEach((name, value) -> start.append(part(boundary, name)).append("\r\n\r\n" + value + "\r\n"));
        start.append(part(boundary, field))
                .append("; filename=\"" + fileName + "\"\r\nContent-Type: application/java-archive\r\n\r\n");
        var body = new ByteArrayOutputStream();
        body.writeBytes(start.toString().getBytes(StandardCharsets.UTF_8));
        try {
            body.writeBytes(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return send(request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private static String part(String boundary, String name) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"";
    }

    /** The header's value. */
    public String authorization() {
        return "Basic " + Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", authorization());
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
