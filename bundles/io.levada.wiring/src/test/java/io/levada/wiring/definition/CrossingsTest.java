/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** No stage gets what comes of its own output, through however many pipelines. */
class CrossingsTest {

    private final Crossings crossings = new Crossings();
    private final List<String> again = new ArrayList<>();

    private static PipelineDefinition definition(String name, String... lines) {
        var keys = new LinkedHashMap<String, String>();
        for (var line : lines) {
            var pair = line.split("=", 2);
            keys.put(pair[0].strip(), pair[1].strip());
        }
        return new DefinitionReader().read(name, keys);
    }

    private Optional<String> enter(String name, String... lines) {
        return crossings.enter(definition(name, lines), () -> again.add(name)).map(Finding::toString);
    }

    @Test
    void pipelinesMayTakeFromEachOther() {
        assertEquals(Optional.empty(), enter("a", "cam.type = c", "rec.type = r", "rec.from = b/decode"));
        assertEquals(Optional.empty(), enter("b", "decode.type = d", "decode.from = a/cam"));
    }

    @Test
    void theOneThatClosesACycleIsRefusedWithTheWholeWay() {
        enter("a", "x.type = t", "x.from = b/y");
        enter("b", "y.type = t", "y.from = c/z");
        assertEquals(
                Optional.of("w.from  is a cycle across pipelines: c/w -> c/z -> b/y -> a/x -> c/w;"
                        + " a stage can't take what comes of its own output"),
                enter("c", "w.type = t", "w.from = a/x", "z.type = t", "z.from = w"));
    }

    @Test
    void whatWasRefusedIsTriedAgainWhenAnotherChangesOrGoes() {
        enter("a", "x.type = t", "x.from = b/y");
        enter("b", "y.type = t", "y.from = a/x");
        assertEquals(List.of(), again);
        enter("a", "x.type = t", "x.from = b/other");
        assertEquals(List.of("b"), again);
        assertEquals(Optional.empty(), enter("b", "y.type = t", "y.from = a/x"));
    }

    @Test
    void whatDoesNotRunAnyMoreIsInNobodysWay() {
        enter("a", "x.type = t", "x.from = b/y");
        enter("b", "y.type = t", "y.from = a/x");
        crossings.leave("a");
        assertEquals(List.of("b"), again);
        assertEquals(Optional.empty(), enter("b", "y.type = t", "y.from = a/x"));
    }

    @Test
    void theSameDefinitionOnceMoreDisturbsNobody() {
        enter("a", "x.type = t", "x.from = b/y");
        enter("b", "y.type = t", "y.from = a/x");
        enter("a", "x.type = t", "x.from = b/y");
        assertEquals(List.of(), again);
    }
}
