/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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

    private HttpRequest.Builder request(String path) {
        var credentials = Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Basic " + credentials);
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
