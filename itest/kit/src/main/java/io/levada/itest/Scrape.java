/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a node tells at {@code /metrics}, in the text format of Prometheus. */
public final class Scrape {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)(?:\\{(.*)})? (\\S+)$");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A data point, by its name and labels as they are written. */
    private record Point(String name, String labels, double value) {

        boolean has(Map<String, String> wanted) {
            return wanted.entrySet().stream()
                    .allMatch(label -> labels.contains(label.getKey() + "=\"" + label.getValue() + "\""));
        }
    }

    private final String text;
    private final List<Point> points;

    private Scrape(String text) {
        this.text = text;
        points = SAMPLE.matcher(text)
                .results()
                .map(match -> new Point(
                        match.group(1),
                        match.group(2) == null ? "" : match.group(2),
                        Double.parseDouble(match.group(3))))
                .toList();
    }

    public static HttpRequest.Builder request(NodeProcess node) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics"))
                .timeout(PATIENCE);
    }

    /** Asks from this machine. */
    public static Scrape of(NodeProcess node) {
        try {
            return of(HttpClient.newHttpClient().send(request(node).build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** @throws AssertionError when it is no good answer */
    public static Scrape of(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer + ": " + answer.body());
        }
        return new Scrape(answer.body());
    }

    public String text() {
        return text;
    }

    /** Of all data points. */
    public Set<String> names() {
        return points.stream().map(Point::name).collect(Collectors.toSet());
    }

    /** Whether there is a data point with these labels: a name, a value, and so on. */
    public boolean has(String name, String... labels) {
        var wanted = labels(labels);
        return points.stream().anyMatch(point -> point.name().equals(name) && point.has(wanted));
    }

    /** The sum of those data points. */
    public double sum(String name, String... labels) {
        var wanted = labels(labels);
        return points.stream()
                .filter(point -> point.name().equals(name) && point.has(wanted))
                .mapToDouble(Point::value)
                .sum();
    }

    private static Map<String, String> labels(String... labels) {
        var map = new TreeMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return map;
    }

    @Override
    public String toString() {
        return text;
    }
}
