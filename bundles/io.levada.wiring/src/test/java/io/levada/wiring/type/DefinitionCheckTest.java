/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.State;
import io.levada.api.stage.Stage;
import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.definition.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a definition before anything runs; the parameters are Felix's, of metatype.xml. */
class DefinitionCheckTest {

    private final Types types = new Types();

    DefinitionCheckTest() {
        types.add("source.media", "source", "", List.of(), List.of("packet:video", "packet:audio"), "media");
        types.add("source.camera", "source", "", List.of(), List.of("packet:video"), "");
        types.add("decoder.ffmpeg", "transform", "decoder", List.of("packet"), List.of("frame"), "");
        types.add("encoder.ffmpeg", "transform", "encoder", List.of("frame"), List.of("packet"), "");
        types.add("filter.scale", "transform", "", List.of("frame:video"), List.of("same"), "");
        types.add("filter.volume", "transform", "", List.of("frame:audio"), List.of("same"), "");
        types.add("analyzer.motion", "analyzer", "", List.of("frame:video"), List.of(), "motion");
        types.add("filter.overlay", "transform", "", List.of("frame:video"), List.of("same"), "")
                .put("levada.joins", new String[] {"event"});
        types.add("muxer.file", "sink", "", List.of("packet"), List.of(), "").put("levada.many", true);
        types.add("sink.null", "sink", "", List.of("*"), List.of(), "").put("levada.many", true);
        types.add("sink.options", "sink", "", List.of("*"), List.of(), "")
                .put("levada.extras", new String[] {"ffmpeg."});
    }

    /** Stage types that are declared and never made. */
    private static final class Types implements StageCatalog {

        private final List<Map<String, Object>> properties = new ArrayList<>();
        private final List<StageTypeEntry> entries = new ArrayList<>();

        Map<String, Object> add(
                String name, String kind, String role, List<String> accepts, List<String> emits, String objectClass) {
            var one = new HashMap<String, Object>();
            one.put(StageTypes.TYPE, name);
            one.put("levada.role", role);
            one.put("levada.accepts", accepts.toArray(String[]::new));
            one.put("levada.emits", emits.toArray(String[]::new));
            one.put("kind", kind);
            one.put("object.class", objectClass);
            properties.add(one);
            return one;
        }

        private List<StageTypeEntry> entries() {
            if (entries.size() < properties.size()) {
                entries.clear();
                for (var one : properties) {
                    var objectClass = (String) one.get("object.class");
                    entries.add(new StageTypeEntry(
                            one,
                            "test",
                            (String) one.get("kind"),
                            "",
                            objectClass.isEmpty() ? List.of() : Attributes.of(objectClass)));
                }
            }
            return entries;
        }

        @Override
        public List<StageTypeEntry> providers(String typeOrRole) {
            return entries().stream()
                    .filter(entry ->
                            entry.name().equals(typeOrRole) || entry.role().equals(typeOrRole))
                    .toList();
        }

        @Override
        public boolean isRole(String name) {
            return entries().stream().anyMatch(entry -> entry.role().equals(name));
        }

        @Override
        public Set<String> names() {
            var names = new TreeSet<String>();
            entries().forEach(entry -> names.addAll(List.of(entry.name(), entry.role())));
            names.remove("");
            return names;
        }

        @Override
        public Stage take(StageTypeEntry entry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void giveBack(StageTypeEntry entry, Stage stage) {
            throw new UnsupportedOperationException();
        }
    }

    private List<Finding> findings(String... lines) {
        var keys = new LinkedHashMap<String, String>();
        Arrays.stream(lines).map(line -> line.split("=", 2)).forEach(pair -> keys.put(pair[0].strip(), pair[1]));
        var reader = new DefinitionReader();
        var definition = reader.read("lobby", keys);
        assertEquals(List.of(), reader.findings());
        return DefinitionCheck.check(types, definition);
    }

    private void says(String finding, String... lines) {
        assertEquals(
                List.of(finding),
                findings(lines).stream().map(Finding::toString).toList());
    }

    @Test
    void theExampleOfTheDesignIsFine() {
        assertEquals(
                List.of(),
                findings(
                        "cam.type = source.media",
                        "cam.url = media/car-detection.mp4",
                        "cam.loop = true",
                        "decode.type = decoder",
                        "decode.from = cam",
                        "motion.type = analyzer.motion",
                        "motion.from = decode",
                        "motion.threshold = 0.02",
                        "boxes.type = filter.overlay",
                        "boxes.from = decode, motion",
                        "boxes.wait = 40 ms",
                        "encode.type = encoder",
                        "encode.from = boxes",
                        "live.type = muxer.file",
                        "live.from = encode, cam:audio [policy=drop-to-keyframe max=2 s]",
                        "raw.type = muxer.file",
                        "raw.from = cam"));
    }

    @Test
    void anUnknownTypeIsWaitedForAndComesWithTheNearestOne() {
        var findings = findings("cam.type = source.meda");
        assertEquals(
                "cam.type  waits for stage type source.meda (no bundle provides it); did you mean source.media?",
                findings.get(0).toString());
        assertEquals(State.WAITING, findings.get(0).state());
    }

    @Test
    void anUnknownRoleIsWaitedForToo() {
        says(
                "d.type  waits for stage type decodr (no bundle provides it); did you mean decoder?",
                "c.type = source.camera",
                "d.type = decodr",
                "d.from = c");
    }

    @Test
    void anUnknownParameterComesWithTheNearestOneAndAllThereAre() {
        says(
                "m.treshold  unknown parameter; did you mean threshold? analyzer.motion has: key, mode, persistence, quick,"
                        + " sizes, threshold",
                motion("m.treshold = 0.02"));
    }

    @Test
    void aMisspeltParameterOfEveryStageIsFoundToo() {
        says(
                "s.pritority  unknown parameter; did you mean priority? sink.null has: none of its own",
                "c.type = source.camera",
                "s.type = sink.null",
                "s.from = c",
                "s.pritority = low");
    }

    private static String[] motion(String line) {
        return new String[] {
            "c.type = source.camera", "d.type = decoder", "d.from = c", "m.type = analyzer.motion", "m.from = d", line
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "threshold   | high     | 'high' is not a number",
                "persistence | 1.5      | '1.5' is not a whole number",
                "quick       | yes      | 'yes' is not true or false",
                "mode        | exactly  | 'exactly' is none of fast, exact; did you mean exact?",
                "sizes       | 1, two,3 | 'two' is not a whole number"
            })
    void aValueOfTheWrongTypeIsNamed(String parameter, String value, String problem) {
        says("m." + parameter + "  " + problem, motion("m." + parameter + " = " + value));
    }

    @Test
    void aValueOutsideItsRangeComesWithTheRange() {
        var finding = findings(motion("m.persistence = 101")).get(0);
        assertEquals("m.persistence", finding.key());
        assertTrue(finding.message().startsWith("'101' is refused: "), finding.message());
        assertTrue(finding.message().endsWith("; it may be 1..100"), finding.message());
    }

    @Test
    void aSecretIsNotShown() {
        var finding = findings(motion("m.key = opensesame")).get(0);
        assertTrue(finding.message().startsWith("the value is refused: "), finding.message());
        assertFalse(finding.message().contains("opensesame"), finding.message());
    }

    @Test
    void aRequiredParameterIsNamedWithWhatItIs() {
        says("cam.url  is required by source.media: What to open: a file or URL", "cam.type = source.media");
    }

    @Test
    void aRequiredParameterNeedsAValue() {
        says("cam.url  is required and has no value", "cam.type = source.media", "cam.url = ");
    }

    @Test
    void parametersForALibraryAreHandedOn() {
        assertEquals(
                List.of(),
                findings(
                        "c.type = source.camera", "o.type = sink.options", "o.from = c", "o.ffmpeg.x264-params = a=b"));
    }

    @Test
    void whatOnlyOneCandidateOfARoleRequiresIsNotAskedOfAll() {
        types.add("decoder.strange", "transform", "decoder", List.of("packet"), List.of("frame"), "media");
        assertEquals(List.of(), findings("c.type = source.camera", "d.type = decoder", "d.from = c"));
    }

    @Test
    void anInputThatIsMissingComesWithAnExample() {
        says(
                "out.from  is missing: sink.null needs an input, such as out.from = cam",
                "cam.type = source.camera",
                "out.type = sink.null");
    }

    @Test
    void anInputThatNamesNothingComesWithAnExample() {
        says(
                "out.from  names no stage: sink.null needs an input, such as out.from = cam",
                "cam.type = source.camera",
                "out.type = sink.null",
                "out.from = ");
    }

    @Test
    void aStageThatPassesOnWhatComesInNeedsAnInputToo() {
        says(
                "a.from  is missing: filter.scale needs an input, such as a.from = b",
                "a.type = filter.scale",
                "b.type = filter.scale",
                "b.from = a");
    }

    @Test
    void aSourceTakesNoInput() {
        says(
                "b.from  source.camera is a source and takes no input; remove the line",
                "a.type = source.camera",
                "b.type = source.camera",
                "b.from = a");
    }

    @Test
    void aStageForOneInputTakesOne() {
        says(
                "d.from  decoder takes one input, not 2",
                "a.type = source.camera",
                "b.type = source.camera",
                "d.type = decoder",
                "d.from = a, b");
    }

    @Test
    void anUnknownStageComesWithTheNearestOne() {
        says(
                "out.from  boxs is no stage of this pipeline; did you mean boxes?",
                "boxes.type = source.camera",
                "out.type = sink.null",
                "out.from = boxs");
    }

    @Test
    void theSameTrackIsNotTakenTwice() {
        says(
                "out.from  takes from cam twice: cam and cam:video",
                "cam.type = source.camera",
                "out.type = muxer.file",
                "out.from = cam, cam:video");
    }

    @Test
    void aCycleIsShown() {
        says(
                "a.from  is a cycle: a -> b -> c -> a; a stage can't take what comes of its own output",
                "a.type = filter.scale",
                "a.from = c",
                "b.type = filter.scale",
                "b.from = a",
                "c.type = filter.scale",
                "c.from = b");
    }

    @Test
    void packetsIntoAStageForFramesNeedADecoder() {
        says(
                "m.from  c carries video packets, analyzer.motion takes video frames; put a decoder in between",
                "c.type = source.camera",
                "m.type = analyzer.motion",
                "m.from = c");
    }

    @Test
    void framesIntoAMuxerNeedAnEncoder() {
        says(
                "f.from  d carries video frames, muxer.file takes packets; put an encoder in between",
                "c.type = source.camera",
                "d.type = decoder",
                "d.from = c",
                "f.type = muxer.file",
                "f.from = d");
    }

    @Test
    void whatIsInAnotherPipelineCanNotBeKnown() {
        assertEquals(
                List.of(),
                findings(
                        "a.type = filter.scale",
                        "a.from = yard/decode:video [max=4]",
                        "b.type = filter.volume",
                        "b.from = yard/sound"));
    }

    @Test
    void aStageOfTheSamePipelineIsNamedWithoutIt() {
        says(
                "a.from  lobby/decode is in this very pipeline; write decode",
                "a.type = filter.scale",
                "a.from = lobby/decode");
    }

    @Test
    void audioDoesNotGoIntoAVideoStage() {
        says(
                "s.from  d carries audio frames, filter.scale takes video frames; take from a stage or track that carries"
                        + " video",
                "c.type = source.media",
                "c.url = x",
                "d.type = decoder",
                "d.from = c:audio",
                "s.type = filter.scale",
                "s.from = d");
    }

    @Test
    void kindsAreFollowedThroughStagesThatPassThemOn() {
        says(
                "v.from  b carries video frames, filter.volume takes audio frames; take from a stage or track that carries"
                        + " audio",
                "c.type = source.camera",
                "d.type = decoder",
                "d.from = c",
                "a.type = filter.scale",
                "a.from = d",
                "b.type = filter.scale",
                "b.from = a",
                "v.type = filter.volume",
                "v.from = b");
    }

    @Test
    void aTrackThatASourceCannotHaveIsNamed() {
        says(
                "s.from  c has no track audio; it carries video packets",
                "c.type = source.camera",
                "s.type = sink.null",
                "s.from = c:audio");
    }

    @Test
    void aSinkPutsOutNothing() {
        says(
                "b.from  a puts out nothing that could be taken",
                "c.type = source.camera",
                "a.type = sink.null",
                "a.from = c",
                "b.type = sink.null",
                "b.from = a");
    }

    @Test
    void eventsAreJoinedAndFramesAreNot() {
        says(
                "o.from  e carries video frames, filter.overlay takes events",
                "c.type = source.camera",
                "d.type = decoder",
                "d.from = c",
                "e.type = filter.scale",
                "e.from = d",
                "o.type = filter.overlay",
                "o.from = d, e");
    }

    @Test
    void whatIsNotThereYetMayCarryAnything() {
        assertEquals(
                List.of(State.WAITING),
                findings(
                                "c.type = source.camera",
                                "x.type = filter.unheard",
                                "x.from = c",
                                "m.type = analyzer.motion",
                                "m.from = x")
                        .stream()
                        .map(Finding::state)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a link has no polcy; did you mean policy? links have: max, policy              | polcy=latest",
                "'latests' is no policy; it is one of block, latest, drop-oldest, drop-to-keyframe; did you mean latest?"
                        + " | policy=latests",
                "max=many is neither a number of samples, a duration nor a size, such as 8, 2 s or 64 MB | max=many",
                "max=0 is neither a number of samples, a duration nor a size, such as 8, 2 s or 64 MB    | max=0",
                "max=5000 is neither a number of samples, a duration nor a size, such as 8, 2 s or 64 MB | max=5000",
                "max=0 s is neither a number of samples, a duration nor a size, such as 8, 2 s or 64 MB  | max=0 s"
            })
    void badSettingsOfALinkAreNamed(String problem, String settings) {
        says("s.from  " + problem, "c.type = source.camera", "s.type = sink.null", "s.from = c [" + settings + "]");
    }

    @ParameterizedTest
    @CsvSource({"max=8", "max=2 s", "max=64 MB", "max=100 ms policy=block", "policy=drop-oldest"})
    void goodSettingsOfALinkAreFine(String settings) {
        assertEquals(
                List.of(), findings("c.type = source.camera", "s.type = sink.null", "s.from = c [" + settings + "]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait          | soon     | 'soon' is not a duration such as 40 ms, 2 s or 1 min",
                "start-timeout | 5        | '5' is not a duration such as 40 ms, 2 s or 1 min",
                "enabled       | no       | 'no' is none of false, true",
                "priority      | hihg     | 'hihg' is none of high, low, normal; did you mean high?",
                "activation    | ondemand | 'ondemand' is none of always, on-demand; did you mean on-demand?",
                "restart       | allways  | 'allways' is neither always, never nor a number of attempts, such as 5 or, to stop the pipeline, 5, then stop"
            })
    void badValuesOfWhatEveryStageHasAreNamed(String key, String value, String problem) {
        says(
                "s." + key + "  " + problem,
                "c.type = source.camera",
                "s.type = sink.null",
                "s.from = c",
                "s." + key + " = " + value);
    }

    @Test
    void thePipelinesOwnValuesAreChecked() {
        says(
                "restart  'x' is neither always, never nor a number of attempts, such as 5 or, to stop the pipeline, 5, then stop",
                "restart = x",
                "c.type = source.camera");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertEquals(
                List.of("m.from", "m.threshold", "s.from", "cam.url"),
                findings(
                                "cam.type = source.media",
                                "m.type = analyzer.motion",
                                "m.from = cm",
                                "m.threshold = x",
                                "s.type = sink.null")
                        .stream()
                        .map(Finding::key)
                        .sorted(Comparator.comparing(
                                key -> List.of("m", "s", "c").indexOf(key.substring(0, 1))))
                        .toList());
    }

    @Test
    void manyCandidatesOnALongWayAreCheckedInNoTime() {
        types.add("decoder.a", "transform", "pass", List.of("*"), List.of("frame", "packet", "same"), "");
        types.add("decoder.b", "transform", "pass", List.of("*"), List.of("frame", "packet", "same"), "");
        var lines = new ArrayList<String>(List.of("s0.type = source.camera"));
        for (int i = 1; i < 300; i++) {
            lines.add("s" + i + ".type = pass");
            lines.add("s" + i + ".from = s" + (i - 1));
        }
        assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertEquals(List.of(), findings(lines.toArray(String[]::new))));
    }
}
