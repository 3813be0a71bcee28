/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static io.levada.api.pipeline.State.INVALID;
import static io.levada.api.pipeline.State.RUNNING;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.is;
import static org.hamcrest.CoreMatchers.not;
import static org.hamcrest.CoreMatchers.startsWith;
import static org.hamcrest.MatcherAssert.assertThat;

import io.levada.api.pipeline.Revision;
import io.levada.api.pipeline.Revisions;
import io.levada.itest.Await;
import io.levada.itest.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.inject.Inject;
import org.junit.Test;

/** What a pipeline ran by is kept, compared and gone back to. */
public class RevisionsIT extends NodeTest {

    private static final String CAM =
            """
            cam.type = source.media
            cam.url = media/clip.mp4
            cam.loop = true
            """;

    private static final String FIRST = CAM + "out.type = sink.null\nout.from = cam:video\n";
    private static final String SECOND = FIRST + "more.type = sink.null\nmore.from = cam:video\n";
    private static final String THIRD = SECOND + "even.type = sink.null\neven.from = cam:video\n";

    @Inject
    Revisions revisions;

    @Test
    public void aFileIsChangedTwiceComparedAndRolledBack() throws IOException {
        int before = newest("changed");
        drop("changed", FIRST);
        awaitMore("changed", "out", 5);
        awaitRevision("changed", before + 1);
        drop("changed", SECOND);
        awaitMore("changed", "more", 5);
        awaitRevision("changed", before + 2);
        drop("changed", THIRD);
        awaitMore("changed", "even", 5);
        var third = awaitRevision("changed", before + 3);

        assertThat(third.origin(), is("file io.levada.pipeline-changed.cfg"));
        assertThat(third.changes(), is(List.of("+ even.from = cam:video", "+ even.type = sink.null")));
        assertThat(third.keys(), is(new PipelineFile("changed", THIRD).keys()));
        assertThat(
                revisions.diff("changed", before + 3, before + 1),
                is(List.of(
                        "- even.from = cam:video",
                        "- even.type = sink.null",
                        "- more.from = cam:video",
                        "- more.type = sink.null")));

        revisions.rollback("changed", before + 1);
        awaitGone("changed", "even");
        awaitGone("changed", "more");
        awaitMore("changed", "out", 5);
        awaitState("changed", RUNNING);
        awaitText("changed", text -> keys(text).equals(keys(FIRST)));
        var fourth = awaitRevision("changed", before + 4);
        assertThat(fourth.origin(), is("rollback to " + (before + 1)));

        drop("changed", SECOND);
        awaitMore("changed", "more", 5);
        assertThat(awaitRevision("changed", before + 5).origin(), is("file io.levada.pipeline-changed.cfg"));
    }

    @Test
    public void aRefusedFileIsNoRevisionAndARollbackMendsIt() throws IOException {
        int before = newest("mended");
        drop("mended", FIRST);
        awaitMore("mended", "out", 5);
        awaitRevision("mended", before + 1);
        drop("mended", FIRST.replace("out.from = cam:video", "out.from = cm:video"));
        awaitState("mended", INVALID);
        assertThat(newest("mended"), is(before + 1));

        revisions.rollback("mended", before + 1);
        awaitState("mended", RUNNING);
        awaitText("mended", text -> keys(text).equals(keys(FIRST)));
        assertThat(newest("mended"), is(before + 1));
    }

    @Test
    public void aRevisionHoldsThePlaceholderOfASecret() throws IOException {
        var secrets = Files.createDirectories(etc().resolve("secrets"));
        var unfinished = Files.writeString(secrets.resolve("clip.tmp"), "media/clip.mp4");
        Files.move(unfinished, secrets.resolve("clip"), StandardCopyOption.ATOMIC_MOVE);
        int before = newest("secret");
        drop("secret", FIRST.replace("media/clip.mp4", "$[secret:clip]"));
        awaitMore("secret", "out", 5);
        var revision = awaitRevision("secret", before + 1);
        assertThat(revision.keys().get("cam.url"), is("$[secret:clip]"));
        assertThat(revisions.export("secret", before + 1), containsString("cam.url = $[secret:clip]"));
        try (var kept = Files.newDirectoryStream(home().resolve("data/revisions/secret"))) {
            for (var file : kept) {
                assertThat(Files.readString(file), not(containsString("clip.mp4")));
            }
        }
    }

    @Test
    public void aRemovalIsKeptAndCanBeUndone() throws IOException {
        int before = newest("undone");
        configure("undone", FIRST);
        awaitMore("undone", "out", 5);
        assertThat(awaitRevision("undone", before + 1).origin(), startsWith("API, "));
        unconfigure("undone");
        var removal = awaitRevision("undone", before + 2);
        assertThat(removal.keys(), is(Map.of()));
        assertThat(removal.origin(), startsWith("removed by API, "));
        revisions.rollback("undone", before + 1);
        awaitMore("undone", "out", 5);
        assertThat(awaitRevision("undone", before + 3).origin(), is("rollback to " + (before + 1)));
    }

    private void drop(String name, String text) {
        new PipelineFile(name, text).drop(etc());
    }

    private Map<String, String> keys(String text) {
        return new PipelineFile("any", text).keys();
    }

    /** Zero before there is one. */
    private int newest(String name) {
        return revisions.list(name).stream().mapToInt(Revision::number).max().orElse(0);
    }

    private Revision awaitRevision(String name, int number) {
        Await.value(name + " has revision " + number, SOON, () -> newest(name), newest -> newest == number);
        return revisions.revision(name, number).orElseThrow();
    }

    private void awaitGone(String name, String stage) {
        Await.until(stage + " is gone", SOON, () -> stage(name, stage).isEmpty());
    }

    private void awaitText(String name, Predicate<String> wanted) {
        var file = etc().resolve("io.levada.pipeline-" + name + ".cfg");
        Await.value("the file of " + name + " is written", SOON, () -> read(file), wanted);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
