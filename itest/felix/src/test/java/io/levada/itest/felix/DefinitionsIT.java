/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static io.levada.api.pipeline.State.RUNNING;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.is;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.levada.api.pipeline.Definitions;
import io.levada.api.pipeline.InvalidDefinitionException;
import io.levada.api.pipeline.Revision;
import io.levada.api.pipeline.Revisions;
import io.levada.itest.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;
import javax.inject.Inject;
import org.junit.Test;

/** Definitions that are applied by the service are files; what is refused leaves no trace. */
public class DefinitionsIT extends NodeTest {

    private static final String CAM =
            """
            # the lobby's camera
            cam.type = source.media
            cam.url = media/clip.mp4
            cam.loop = true

            # what takes its pictures
            out.type = sink.null
            out.from = cam:video
            """;

    @Inject
    Definitions definitions;

    @Inject
    Revisions revisions;

    @Test
    public void aDefinitionBecomesAFileAndRuns() throws Exception {
        var status = definitions.apply("made", CAM, "a test");
        assertThat(status.name(), is("made"));
        assertThat(Files.readString(file("made")), is(CAM));
        awaitState("made", RUNNING);
        awaitMore("made", "out", 5);
        assertThat(newest("made").origin(), is("a test"));
        assertThat(definitions.text("made"), is(Optional.of(CAM)));

        definitions.apply("made", CAM + "more.type = sink.null\nmore.from = cam:video\n", "a test");
        awaitMore("made", "more", 5);
        definitions.remove("made", "a test");
        Await.until("it is gone", SOON, () -> pipelines.pipeline("made").isEmpty());
        assertTrue(Files.notExists(file("made")));
        Await.value("the removal is kept", SOON, () -> newest("made").origin(), "removed by a test"::equals);
        assertThrows(NoSuchElementException.class, () -> definitions.remove("made", "a test"));
    }

    @Test
    public void aBadDefinitionIsRefusedAndNothingIsWritten() throws Exception {
        var bad = CAM.replace("cam.loop", "cam.lop");
        var refusal = assertThrows(InvalidDefinitionException.class, () -> definitions.apply("bad", bad, "a test"));
        assertThat(refusal.getMessage(), containsString("cam.lop  unknown parameter; did you mean loop?"));
        assertTrue(Files.notExists(file("bad")));
        assertThat(pipelines.pipeline("bad"), is(Optional.empty()));

        definitions.apply("bad", CAM, "a test");
        awaitMore("bad", "out", 5);
        assertThrows(InvalidDefinitionException.class, () -> definitions.apply("bad", bad, "a test"));
        assertThat(Files.readString(file("bad")), is(CAM));
        awaitState("bad", RUNNING);
    }

    @Test
    public void whatCanNotBeOpenedIsTakenBack() throws Exception {
        var good = CAM + "live.type = server.rtsp\nlive.from = cam:video\nlive.path = /back\n";
        definitions.apply("back", good, "a test");
        awaitMore("back", "out", 5);
        var taken = good + "more.type = server.rtsp\nmore.from = cam:video\nmore.path = /back\n";
        var refusal = assertThrows(InvalidDefinitionException.class, () -> definitions.apply("back", taken, "a test"));
        assertThat(refusal.getMessage(), containsString("more.path"));
        assertThat(Files.readString(file("back")), is(good));
        awaitState("back", RUNNING);
        awaitMore("back", "out", 5);
    }

    @Test
    public void aPasswordThatIsShownAsStarsIsLeftAsItIs() throws Exception {
        var secret = CAM.replace("media/clip.mp4", "rtsp://u:sesame@127.0.0.1:9/x");
        definitions.apply("stars", secret, "a test");
        var shown = definitions.text("stars").orElseThrow();
        assertThrows(InvalidDefinitionException.class, () -> definitions.apply("others", shown, "a test"));
        assertThat(shown, is(CAM.replace("media/clip.mp4", "rtsp://***@127.0.0.1:9/x")));
        definitions.apply("stars", shown.replace("cam.loop = true", "cam.loop = false"), "a test");
        assertThat(Files.readString(file("stars")), is(secret.replace("cam.loop = true", "cam.loop = false")));
    }

    @Test
    public void aHundredPipelinesFollowTheirTemplate() throws IOException {
        var template = etc().resolve("io.levada.template-camera.cfg");
        write(template, CAM.replace("media/clip.mp4", "media/{{clip}}.mp4"));
        for (int i = 0; i < 100; i++) {
            write(file("many-" + i), "template = camera\nclip = clip\nenabled = " + (i % 10 == 0) + "\n");
        }
        try {
            Await.value("all are there", SOON, this::many, Long.valueOf(100)::equals);
            for (int i = 0; i < 100; i += 10) {
                awaitState("many-" + i, RUNNING);
                awaitMore("many-" + i, "out", 3);
            }
            var first = newest("many-0");
            assertThat(first.keys().get("cam.url"), is("media/clip.mp4"));

            write(
                    template,
                    CAM.replace("media/clip.mp4", "media/{{clip}}.mp4") + "b.type = sink.null\nb.from = cam:video\n");
            for (int i = 0; i < 100; i += 10) {
                awaitMore("many-" + i, "b", 3);
            }
            assertThat(newest("many-0").origin(), is("template camera"));

            write(template, CAM.replace("media/clip.mp4", "media/{{clip}}.mp4").replace("cam:video", "kam:video"));
            for (int i = 0; i < 100; i += 10) {
                var name = "many-" + i;
                Await.until(name + " says so", SOON, () -> pipelines.pipeline(name).orElseThrow().problems().stream()
                        .anyMatch(problem -> problem.key().equals("out.from")));
                awaitMore(name, "b", 3);
            }

            revisions.rollback("many-0", first.number());
            awaitState("many-0", RUNNING);
            Await.until("b is gone", SOON, () -> stage("many-0", "b").isEmpty());
            Await.value("it is the newest", SOON, () -> newest("many-0").keys(), first.keys()::equals);
        } finally {
            Files.delete(template);
        }
    }

    @Test
    public void aPipelineWaitsForItsTemplate() throws IOException {
        write(file("early"), "template = late\nclip = clip\n");
        var waits = awaitState("early", io.levada.api.pipeline.State.WAITING);
        assertThat(problems(waits), containsString("io.levada.template-late.cfg, which is not there"));
        var template = etc().resolve("io.levada.template-late.cfg");
        write(template, CAM.replace("media/clip.mp4", "media/{{clip}}.mp4"));
        awaitState("early", RUNNING);
        awaitMore("early", "out", 3);
        Files.delete(template);
        Await.until(
                "it says so", SOON, () -> problems(pipelines.pipeline("early").orElseThrow())
                        .contains("waits for the template"));
        awaitMore("early", "out", 3);
    }

    private long many() {
        return pipelines.pipelines().stream()
                .filter(pipeline -> pipeline.name().startsWith("many-"))
                .count();
    }

    private Revision newest(String pipeline) {
        var all = revisions.list(pipeline);
        return all.get(all.size() - 1);
    }

    private Path file(String pipeline) {
        return etc().resolve("io.levada.pipeline-" + pipeline + ".cfg");
    }

    private static void write(Path file, String text) throws IOException {
        var beside = Files.writeString(file.resolveSibling(file.getFileName() + ".tmp"), text);
        Files.move(beside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
