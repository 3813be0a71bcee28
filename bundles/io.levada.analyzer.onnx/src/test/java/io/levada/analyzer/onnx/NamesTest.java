/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {

    @Test
    void readsWhatUltralyticsWrites() {
        assertEquals(List.of("person", "driver's cab"), Names.ofMetadata("{0: 'person', 1: \"driver's cab\"}"));
        assertEquals(List.of("a'b"), Names.ofMetadata("{0: 'a\\'b'}"));
    }

    @Test
    void whatIsLeftOutIsNumbered() {
        assertEquals(List.of("class 0", "class 1", "bus"), Names.ofMetadata("{2: 'bus'}"));
        assertEquals("class 7", Names.of(List.of("bus"), 7));
    }

    @Test
    void whatCanNotBeReadNamesNothing() {
        assertEquals(List.of(), Names.ofMetadata("none"));
        assertEquals(List.of(), Names.ofMetadata("{99999999: 'x'}"));
    }
}
