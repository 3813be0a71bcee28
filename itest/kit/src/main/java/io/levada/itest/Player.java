/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that plays streams, with what is needed to learn what it saw. */
public enum Player {
    /** The system's ffmpeg. */
    FFMPEG("ffmpeg") {
        @Override
        public Viewing play(String url, Transport transport, int seconds) {
            return ffmpeg(program(), url, transport, seconds);
        }
    },

    /** The one of the jar that the node is built with. */
    OWN_FFMPEG("") {
        @Override
        public Viewing play(String url, Transport transport, int seconds) {
            return ffmpeg(FFmpegProgram.path(), url, transport, seconds);
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }
    },

    GSTREAMER("gst-launch-1.0") {
        @Override
        public Viewing play(String url, Transport transport, int seconds) {
            return GStreamer.play(url, transport, seconds);
        }
    };

    private static final Duration START_AND_END = Duration.ofSeconds(20);

    private final String program;

    Player(String program) {
        this.program = program;
    }

    String program() {
        return program;
    }

    /** Plays a stream for some seconds of its content: decodes the pictures, notes the times of its packets. */
    public abstract Viewing play(String url, Transport transport, int seconds);

    /** Why it can't be used; empty when it can. */
    public Optional<String> missing() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        return found ? Optional.empty() : Optional.of("there is no " + program + " on the PATH");
    }

    /** All is decoded: the decoders complain of what they get, and a copy's first packets would have no decoding time. */
    static Viewing ffmpeg(String program, String url, Transport transport, int seconds) {
        var command = Command.of(
                        program,
                        words(
                                "-hide_banner -nostdin -nostats -loglevel warning",
                                "-rtsp_transport " + transport.word() + " -i " + url,
                                "-map 0:v -fps_mode passthrough -map 0:a -t " + seconds + " -f framecrc -"))
                .within(START_AND_END.plusSeconds(seconds));
        var result = command.run().orFail(command);
        return new Viewing(FrameHashes.times(result.out()), result.err().lines().toList());
    }

    static String[] words(String... parts) {
        return Arrays.stream(parts).flatMap(part -> Stream.of(part.split(" "))).toArray(String[]::new);
    }
}
