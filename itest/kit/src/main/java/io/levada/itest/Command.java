/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program with its arguments, to be run to its end. */
public final class Command {

    /**
     * What came of it.
     *
     * @param nanos how long it ran
     */
    public record Result(int code, String out, String err, long nanos) {

        /** @throws AssertionError when the program says that something went wrong */
        public Result orFail(Object what) {
            if (code != 0) {
                throw new AssertionError(what + " ended with " + code + ": " + err + out);
            }
            return this;
        }
    }

    private final List<String> words;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String input = "";
    private Duration atMost = Duration.ofMinutes(2);

    private Command(List<String> words) {
        this.words = words;
    }

    public static Command of(String program, String... arguments) {
        var words = new ArrayList<>(List.of(program));
        words.addAll(List.of(arguments));
        return new Command(words);
    }

    public Command with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** What it reads from its standard input. */
    public Command reading(String input) {
        this.input = input;
        return this;
    }

    public Command within(Duration atMost) {
        this.atMost = atMost;
        return this;
    }

    /** Runs it and waits for its end; one that takes too long is killed, which is an error. */
    public Result run() {
        try {
            var out = Files.createTempFile("out", "");
            var err = Files.createTempFile("err", "");
            try {
                return run(out, err);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(this + " can't be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during " + this, e);
        }
    }

    private Result run(Path out, Path err) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        this + " did not end within " + atMost.toSeconds() + " s; it said " + Files.readString(err));
            }
            long nanos = System.nanoTime() - start;
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err), nanos);
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
