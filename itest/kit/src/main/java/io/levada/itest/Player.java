package io.levada.itest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that plays streams, with what is needed to learn what it saw. */
public enum Player {
    /** The system's ffmpeg. */
    FFMPEG("ffmpeg") {
        @Override
        Viewing watch(String url, Transport transport, int seconds) {
            return ffmpeg(program(), url, transport, seconds);
        }
    },

    /** The one of the jar that the node is built with. */
    OWN_FFMPEG("") {
        @Override
        Viewing watch(String url, Transport transport, int seconds) {
            return ffmpeg(FFmpegProgram.path(), url, transport, seconds);
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }
    },

    GSTREAMER("gst-launch-1.0") {
        @Override
        Viewing watch(String url, Transport transport, int seconds) {
            return GStreamer.watch(url, transport, seconds);
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

    /** Plays a stream for some seconds of its content: decodes the pictures, notes the times of all packets. */
    abstract Viewing watch(String url, Transport transport, int seconds);

    /** The same, where it can be done: a missing player is an error on a build server ({@code CI=true}). */
    public Viewing play(String url, Transport transport, int seconds) {
        return watch(url, transport, seconds);
    }

    /** Why it can't be used; empty when it can. */
    public Optional<String> missing() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> java.nio.file.Files.isExecutable(java.nio.file.Path.of(folder, program)));
        return found ? Optional.empty() : Optional.of("there is no " + program + " on the PATH");
    }

    static Viewing ffmpeg(String program, String url, Transport transport, int seconds) {
        var duration = Integer.toString(seconds);
        var command = Command.of(
                        program,
                        words(
                                "-hide_banner -nostdin -nostats -loglevel warning -rtsp_transport " + transport.word(),
                                "-i " + url,
                                "-map 0 -c copy -t " + duration + " -f framecrc -",
                                "-map 0:v -t " + duration + " -f null -"))
                .within(START_AND_END.plusSeconds(seconds));
        var result = command.run().orFail(command);
        var text = result.out();
        var tracks = new ArrayList<List<Double>>();
        for (var line : FrameHashes.lines(text)) {
            while (tracks.size() <= line.stream()) {
                tracks.add(new ArrayList<>());
            }
            tracks.get(line.stream()).add(line.pts() * FrameHashes.tick(text, line.stream()));
        }
        return new Viewing(tracks, result.err().lines().toList());
    }

    static String[] words(String... parts) {
        return Arrays.stream(parts).flatMap(part -> Stream.of(part.split(" "))).toArray(String[]::new);
    }
}
