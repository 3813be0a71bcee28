/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private static void assertNarrow(String text) {
        text.lines().forEach(line -> assertTrue(line.length() <= 100, line.length() + " columns: " + line));
    }

    @Test
    void pipelinesAreALineEachWithTheirReasons() {
        var text = PipelineText.of(List.of(Sample.lobby(NOW), Sample.gate(NOW)), NOW);
        assertEquals(
                """
                NAME   STATE      FPS    P99  READERS  DROPPED  SINCE
                lobby  RUNNING   25.0  38 ms        4       15  3 h 12 min
                gate   RETRYING     -      -        0        0  40 s  cam: connection refused (10.0.0.7:554), next
                                                                try in 8 s
                                                                detect: waits for stage type analyzer.onnx (no
                                                                bundle provides it); put its bundle into plugins/
                """,
                text);
        assertNarrow(text);
    }

    @Test
    void withoutPipelinesItSaysHowToMakeOne() {
        assertTrue(PipelineText.of(List.of(), NOW).contains("etc/io.levada.pipeline-NAME.cfg"));
    }

    @Test
    void aPipelineIsShownWithItsStagesAndLinks() {
        assertEquals(
                """
                lobby RUNNING for 3 h 12 min

                STAGE   TYPE                      STATE    OUT
                cam     source.media              RUNNING  video h264 768x432 25/2 fps
                decode  decoder (decoder.ffmpeg)  RUNNING  video 768x432 yuv420p 25/2 fps
                live    server.rtsp               RUNNING  -

                LINK                 POLICY
                cam:video > decode   drop-to-keyframe
                decode:video > live  drop-oldest
                """,
                PipelineText.of(Sample.lobby(NOW), NOW));
    }

    @Test
    void countersAreShownWithUnitsAndDropsWithCauses() {
        var text = StatsText.of(List.of(Sample.lobby(NOW)));
        assertEquals(
                """
                lobby RUNNING  25.0 fps  latency p99 38 ms  4 readers  3 events  15 dropped

                STAGE       IN     OUT  PER SAMPLE     P50     P99  RESTARTS  WARNED  FIGURES
                cam          0  144000        6 us       -       -         0       0  -
                decode  144000  144000      1.2 ms  2.1 ms  4.9 ms         1       2  -
                live    144000       0       20 us   31 ms   38 ms         0       0  evicted 1, readers 4
                  decode warned last: packet 7 is damaged

                LINK                 POLICY            SAMPLES  QUEUED  DROPPED
                cam:video > decode   drop-to-keyframe   144000    0/64  -
                decode:video > live  drop-oldest        143985     1/4  full 12, keyframe-wait 3
                """,
                text);
        assertNarrow(text);
    }

    @Test
    void aStageTypeIsShownWithItsParameters() {
        var text = StageText.of(Sample.motion());
        assertEquals(
                """
                analyzer.motion  analyzer
                  Finds what moves in front of a fixed camera; regions with boxes and scores as events
                  accepts  frame:video
                  emits    event
                  bundle   io.levada.analyzer.motion 0.1.0

                PARAMETER  VALUE              DEFAULT     MEANING
                threshold  number 0.005..0.5  0.05        Least change of brightness that counts, as part of the
                                                          range from black to white
                model      cars | people      (required)  What is looked for
                zones      text               -           Rectangles to look at
                """,
                text);
        assertNarrow(text);
    }

    @Test
    void whatIsWrongIsShownByKey() {
        List<Problem> problems = List.of(
                new Sample.Wrong(
                        "motion.treshold",
                        "unknown parameter; did you mean threshold? analyzer.motion has: learning, min-area, persistence,"
                                + " still-after, threshold, zones",
                        State.INVALID),
                new Sample.Wrong("live.path", "/lobby is already served by pipeline gate (stage live)", State.INVALID));
        var text = CheckText.of("lobby", problems);
        assertEquals(
                """
                lobby would be INVALID
                  motion.treshold  unknown parameter; did you mean threshold? analyzer.motion has: learning,
                                   min-area, persistence, still-after, threshold, zones
                  live.path        /lobby is already served by pipeline gate (stage live)
                """,
                text);
        assertNarrow(text);
    }

    @Test
    void aTableWithWideColumnsPutsLongTextsOnLinesOfTheirOwn() {
        var table = new Table("A", "B", "TEXT")
                .row("a".repeat(45), "b".repeat(45), "a text that is too long to stand here");
        assertNarrow(table.toString());
        assertTrue(table.toString().endsWith("\n    a text that is too long to stand here\n"), table.toString());
    }

    @Test
    void figuresHaveReadableUnits() {
        assertEquals(
                Map.of(0L, "-", 900L, "1 us", 45_000L, "45 us", 1_230_000L, "1.2 ms", 38_400_000L, "38 ms"),
                Map.of(
                        0L, Units.nanos(0),
                        900L, Units.nanos(900),
                        45_000L, Units.nanos(45_000),
                        1_230_000L, Units.nanos(1_230_000),
                        38_400_000L, Units.nanos(38_400_000)));
        assertEquals("12.5 s", Units.nanos(12_500_000_000L));
        assertEquals("1 reader", Units.count(1, "reader"));
    }
}
