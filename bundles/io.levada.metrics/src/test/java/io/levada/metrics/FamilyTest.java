/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.State;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a metric on the wire. */
class FamilyTest {

    private static final Map<Labels, Long> LOBBY = Map.of(Labels.of("pipeline", "lobby"), 1500L);

    private static <T> String written(Family<T> family, Map<Labels, T> things) {
        var out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create()
                    .write(out, MetricSnapshots.of(family.of(things).orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aCounterEndsInTotal() {
        assertEquals(
                """
                # HELP levada_dropped_samples_total Dropped
                # TYPE levada_dropped_samples_total counter
                levada_dropped_samples_total{pipeline="lobby"} 1500.0
                """,
                written(Family.counter("levada_dropped_samples", "Dropped", Long::doubleValue), LOBBY));
    }

    @Test
    void aCounterByCauseHasALabelForIt() {
        var text = written(
                Family.counter("levada_dropped_samples", "Dropped", "cause", value -> Map.of("full", value)), LOBBY);
        assertTrue(text.contains("levada_dropped_samples_total{cause=\"full\",pipeline=\"lobby\"} 1500.0\n"), text);
    }

    @Test
    void aStateIsALabel() {
        var text = written(Family.state("levada_state", "State", value -> State.RUNNING), LOBBY);
        assertTrue(text.contains("# TYPE levada_state gauge\n"), text);
        assertTrue(text.contains("levada_state{pipeline=\"lobby\",state=\"RUNNING\"} 1.0\n"), text);
    }

    @Test
    void factsAreLabelsOfAnInfo() {
        var text = written(Family.info("levada_build", "What runs", value -> Labels.of("version", "1 \"x\"\n")), LOBBY);
        assertTrue(text.contains("levada_build_info{pipeline=\"lobby\",version=\"1 \\\"x\\\"\\n\"} 1\n"), text);
    }

    @Test
    void latenciesAreQuantilesInSecondsAsFarAsTheyAreKnown() {
        var text = written(
                Family.latency("levada_latency_seconds", "Latency", value -> Map.of(0.5, 0L, 0.99, value)), LOBBY);
        assertTrue(text.contains("# TYPE levada_latency_seconds summary\n"), text);
        assertTrue(text.contains("levada_latency_seconds{pipeline=\"lobby\",quantile=\"0.99\"} 1.5E-6\n"), text);
        assertTrue(!text.contains("0.5\""), text);
    }

    @Test
    void whatNothingHasIsNotThere() {
        assertEquals(
                Optional.empty(),
                Family.<Long>gauge("levada_x", "X", value -> value).of(Map.of()));
        assertEquals(
                Optional.empty(),
                Family.<Long>optional("levada_x", "X", value -> Optional.empty())
                        .of(LOBBY));
    }
}
