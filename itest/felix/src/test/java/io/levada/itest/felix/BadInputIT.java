/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static io.levada.api.pipeline.State.FAILED;
import static io.levada.api.pipeline.State.INVALID;
import static io.levada.api.pipeline.State.RETRYING;
import static io.levada.api.pipeline.State.RUNNING;
import static io.levada.api.pipeline.State.WAITING;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import io.levada.itest.Await;
import io.levada.itest.FreePort;
import io.levada.itest.OddPeer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.ErrorCollector;

/**
 * Whatever can be wrong with a pipeline file or what it names gives one clear problem, which names the key and the remedy,
 * and disturbs nothing else.
 */
public class BadInputIT extends NodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(15); // a silent peer has 5 s to answer

    /** The node's other pipeline: it goes on whatever the others get. */
    private static final String WITNESS =
            """
            cam.type = source.media
            cam.url  = media/clip.mp4
            cam.loop = true
            out.type = sink.null
            out.from = cam
            """;

    /**
     * A mistake.
     *
     * @param key what is to be blamed
     * @param words what the message has to say, cause and remedy
     */
    private record Mistake(String name, String text, State state, String key, String... words) {}

    @Rule
    public final ErrorCollector errors = new ErrorCollector();

    @Override
    void prepare(Path media) throws IOException {
        var clip = Files.readAllBytes(media.resolve("clip.mp4"));
        Files.write(media.resolve("cut-index.mp4"), Arrays.copyOf(clip, 10_000));
        Files.write(media.resolve("cut.mp4"), Arrays.copyOf(clip, 200_000)); // its index comes first
        Files.write(media.resolve("no-index.mp4"), withoutIndex(clip));
        Files.writeString(media.resolve("text.mp4"), "This is no film.\n".repeat(100));
        Files.createFile(media.resolve("empty.mp4"));
        Files.createDirectory(media.resolve("folder.mp4"));
        Files.copy(media.resolve("clip.mp4"), media.resolve("secret.mp4"));
        Files.setPosixFilePermissions(media.resolve("secret.mp4"), PosixFilePermissions.fromString("---------"));
    }

    @Test
    public void everyMistakeInADefinitionIsNamedWithItsRemedy() throws IOException {
        check(List.of(
                new Mistake(
                        "unknown-type",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        out.type = sink.nul
                        out.from = cam
                        """,
                        WAITING,
                        "out.type",
                        "sink.nul",
                        "did you mean sink.null?"),
                new Mistake(
                        "unknown-key",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        cam.lop  = true
                        """,
                        INVALID,
                        "cam.lop",
                        "unknown parameter",
                        "did you mean loop?",
                        "source.media has: "),
                new Mistake(
                        "missing-required-key",
                        """
                        cam.type = source.media
                        """,
                        INVALID,
                        "cam.url",
                        "is required",
                        "A file"),
                new Mistake(
                        "wrong-type-of-number",
                        """
                        cam.type       = source.media
                        cam.url        = media/clip.mp4
                        decode.type    = decoder
                        decode.from    = cam
                        decode.threads = many
                        """,
                        INVALID,
                        "decode.threads",
                        "'many'",
                        "number"),
                new Mistake(
                        "number-out-of-range",
                        """
                        cam.type       = source.media
                        cam.url        = media/clip.mp4
                        decode.type    = decoder
                        decode.from    = cam
                        decode.threads = 1000
                        """,
                        INVALID,
                        "decode.threads",
                        "1000",
                        "0..64"),
                new Mistake(
                        "wrong-type-of-flag",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        cam.loop = perhaps
                        """,
                        INVALID,
                        "cam.loop",
                        "'perhaps'",
                        "true"),
                new Mistake(
                        "wrong-type-of-duration",
                        """
                        cam.type  = source.media
                        cam.url   = media/clip.mp4
                        cam.start = soon
                        """,
                        INVALID,
                        "cam.start",
                        "'soon'",
                        "2 s"),
                new Mistake(
                        "unknown-option",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        cam.pace = fst
                        """,
                        INVALID,
                        "cam.pace",
                        "'fst'",
                        "did you mean fast?"),
                new Mistake(
                        "no-input",
                        """
                        out.type = sink.null
                        """,
                        INVALID,
                        "out.from",
                        "is missing",
                        "out.from = "),
                new Mistake(
                        "input-that-is-not-there",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        out.type = sink.null
                        out.from = can
                        """,
                        INVALID,
                        "out.from",
                        "can is no stage of this pipeline",
                        "did you mean cam?"),
                new Mistake(
                        "cycle",
                        """
                        one.type = filter.overlay
                        one.from = two
                        two.type = filter.overlay
                        two.from = one
                        """,
                        INVALID,
                        "one.from",
                        "is a cycle: one -> two -> one"),
                new Mistake(
                        "packets-into-a-stage-for-pictures",
                        """
                        cam.type    = source.media
                        cam.url     = media/clip.mp4
                        motion.type = analyzer.motion
                        motion.from = cam
                        """,
                        INVALID,
                        "motion.from",
                        "analyzer.motion takes video frame",
                        "decoder"),
                new Mistake(
                        "sound-into-a-stage-for-pictures",
                        """
                        cam.type    = source.media
                        cam.url     = media/clip.mp4
                        sound.type  = decoder
                        sound.from  = cam:audio
                        motion.type = analyzer.motion
                        motion.from = sound
                        """,
                        INVALID,
                        "motion.from",
                        "audio",
                        "analyzer.motion takes video",
                        "carries video"),
                new Mistake(
                        "no-such-track",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        out.type = sink.null
                        out.from = cam:video2
                        """,
                        WAITING,
                        "out.from",
                        "cam has no track video2",
                        "video",
                        "audio"),
                new Mistake(
                        "link-setting",
                        """
                        cam.type = source.media
                        cam.url  = media/clip.mp4
                        out.type = sink.null
                        out.from = cam [polcy=latest]
                        """,
                        INVALID,
                        "out.from",
                        "polcy",
                        "did you mean policy?")));
    }

    @Test
    public void everyFileThatIsNoneIsNamedWithItsRemedy() throws IOException {
        check(List.of(
                file("missing-file", "media/nothing.mp4", RETRYING, "does not exist", "remedy: put the file there"),
                file("unreadable-file", unreadable(), RETRYING, "can't be read", "remedy: let "),
                file("cut-in-its-index", "media/cut-index.mp4", FAILED, "is truncated", "remedy: "),
                file("not-closed", "media/no-index.mp4", FAILED, "is truncated: moov atom not found", "remedy: "),
                file("cut-in-the-middle", "media/cut.mp4", FAILED, "is truncated: it ends after 1.", "remedy: "),
                file("text-file", "media/text.mp4", FAILED, "is a text file, not media", "remedy: "),
                file("directory", "media/folder.mp4", FAILED, "is a directory", "remedy: "),
                file("empty-file", "media/empty.mp4", FAILED, "is empty", "remedy: ")));
    }

    @Test
    public void everyPeerThatDoesNotServeIsNamedWithItsRemedy() throws IOException {
        try (var silent = OddPeer.silent();
                var nothing = OddPeer.withoutContent();
                var taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            check(List.of(
                    file("not-found", "http://127.0.0.1:" + nothing.port() + "/a.mp4", RETRYING, "404", "remedy: "),
                    file("nobody-there", "rtsp://127.0.0.1:" + FreePort.next() + "/a", RETRYING, "refused", "remedy: "),
                    file(
                            "silent-rtsp",
                            "rtsp://127.0.0.1:" + silent.port() + "/a",
                            RETRYING,
                            "did not answer within 5 s",
                            "remedy: "),
                    file(
                            "silent-http",
                            "http://127.0.0.1:" + silent.port() + "/a",
                            RETRYING,
                            "did not answer within 5 s",
                            "remedy: "),
                    file("unknown-host", "rtsp://no-such-host.invalid/a", RETRYING, "no-such-host.invalid", "remedy: "),
                    file("port-in-use", "udp://127.0.0.1:" + taken.getLocalPort(), RETRYING, "in use", "remedy: "),
                    file("unknown-protocol", "gopher2://127.0.0.1/a", INVALID, "gopher2", "remedy: "),
                    file(
                            "password",
                            "rtsp://eve:pa55word@127.0.0.1:" + FreePort.next() + "/a",
                            RETRYING,
                            "refused",
                            "remedy: ")));
        }
    }

    @Test
    public void aPathThatIsServedTwiceIsNamedWithWhoServesIt() throws IOException {
        configure("first", serving("/lobby"));
        awaitState("first", RUNNING);
        check(List.of(new Mistake(
                "second",
                serving("/lobby"),
                RETRYING,
                "live.path",
                "/lobby is already served by first/live",
                "remedy: ")));
        awaitMore("first", "live", 5);
        unconfigure("first");
        awaitState("second", RUNNING); // by itself, for the path is free
    }

    @Test
    public void aServersPortThatIsInUseIsNamedWithItsRemedy() throws IOException {
        var listener = etc().resolve("io.levada.server.rtsp.cfg");
        var before = Files.readString(listener);
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(listener, "port = " + taken.getLocalPort() + "\n");
            Await.until("File Install has taken it", SOON, () -> port().equals("" + taken.getLocalPort()));
            check(List.of(new Mistake(
                    "serving", serving("/lobby"), RETRYING, "live", "" + taken.getLocalPort(), "in use", "remedy: ")));
        } finally {
            Files.writeString(listener, before);
        }
        awaitState("serving", RUNNING); // by itself, for it tries again
    }

    private String port() {
        try {
            var properties = configurations
                    .getConfiguration("io.levada.server.rtsp", "?")
                    .getProperties();
            return properties == null ? "" : String.valueOf(properties.get("port"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String serving(String path) {
        return """
                cam.type  = source.media
                cam.url   = media/clip.mp4
                cam.loop  = true
                live.type = server.rtsp
                live.from = cam
                live.path = %s
                """
                .formatted(path);
    }

    /** As a writer leaves it that never came to its end: the samples are there, the index (the second atom) is not. */
    private static byte[] withoutIndex(byte[] clip) {
        var atoms = ByteBuffer.wrap(clip);
        int moov = atoms.getInt(0);
        int mdat = moov + atoms.getInt(moov);
        var broken = ByteBuffer.allocate(clip.length - mdat + moov);
        return broken.put(clip, 0, moov).put(clip, mdat, clip.length - mdat).array();
    }

    private static Mistake file(String name, String url, State state, String... words) {
        return new Mistake(
                name,
                "cam.type = source.media\ncam.url = " + url + "\nout.type = sink.null\nout.from = cam\n",
                state,
                "cam.url",
                words);
    }

    /** The superuser may read any file, but for those of the system that cannot be read at all. */
    private static String unreadable() throws IOException {
        var secret = Path.of("media", "secret.mp4");
        var writeOnly = Path.of("/sys/bus/cpu/drivers_probe");
        return "root".equals(System.getProperty("user.name")) && Files.exists(writeOnly)
                ? writeOnly.toString()
                : secret.toString();
    }

    private void check(List<Mistake> mistakes) throws IOException {
        configure("witness", WITNESS);
        awaitState("witness", RUNNING);
        awaitMore("witness", "out", 5);
        long before = samplesIn("witness", "out");
        for (var mistake : mistakes) {
            configure(mistake.name, mistake.text);
        }
        for (var mistake : mistakes) {
            errors.checkSucceeds(() -> {
                isNamed(mistake);
                return null;
            });
        }
        awaitMore("witness", "out", 20);
        if (samplesIn("witness", "out") < before + 20) {
            errors.addError(new AssertionError("the witness was made anew"));
        }
    }

    private void isNamed(Mistake mistake) {
        var seen = Await.value(
                mistake.name,
                PATIENCE,
                () -> pipelines.pipeline(mistake.name),
                status -> status.map(PipelineStatus::problems).orElse(List.of()).stream()
                        .anyMatch(problem -> problem.state() == mistake.state));
        var problems = seen.map(PipelineStatus::problems).orElse(List.of());
        var faults = new ArrayList<String>();
        if (problems.size() != 1) {
            faults.add(problems.size() + " problems");
        }
        Optional<Problem> problem = problems.stream().findFirst();
        problem.filter(it -> !it.key().equals(mistake.key)).ifPresent(it -> faults.add("not " + mistake.key));
        for (var word : mistake.words) {
            if (problem.filter(it -> it.message().contains(word)).isEmpty()) {
                faults.add("does not say '" + word + "'");
            }
        }
        if (problem.filter(it -> it.message().contains("pa55word")).isPresent()) {
            faults.add("tells the password");
        }
        if (!faults.isEmpty()) {
            throw new AssertionError(mistake.name + ": " + faults + problems(seen.orElseThrow()));
        }
    }
}
