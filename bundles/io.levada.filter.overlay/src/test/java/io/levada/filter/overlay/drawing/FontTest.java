/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FontTest {

    private static String shape(char glyph) {
        var shape = new StringBuilder();
        for (int row = 0; row < Font.HEIGHT; row++) {
            shape.append(Integer.toBinaryString(1 << Font.WIDTH | Font.row(glyph, row))
                            .substring(1))
                    .append('\n');
        }
        return shape.toString();
    }

    @Test
    void everyPrintableCharacterHasAGlyphOfItsOwn() {
        Set<String> shapes = new HashSet<>();
        for (char glyph = ' '; glyph <= '~'; glyph++) {
            assertTrue(shapes.add(shape(glyph)), "the glyph of " + glyph + " is another one's too");
        }
    }

    @Test
    void aGlyphIsWhatTheFileShows() {
        assertEquals("00000\n00000\n11110\n10001\n10001\n11110\n10000\n10000\n", shape('p'));
    }

    @Test
    void whatHasNoGlyphIsAQuestionMark() {
        assertEquals(shape('?'), shape('\u00e4'));
        assertEquals(shape('?'), shape('\n'));
    }
}
