/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Point;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapesTest {

    private static Zone zone(String corners) throws StageException {
        return Shapes.parse("z: " + corners, "").zones().get(0);
    }

    @Test
    void severalZonesAndLinesHaveNames() throws StageException {
        var drawn =
                Shapes.parse("yard: 0.1,0.5 0.9,0.5 0.9,1 0.1,1;\n door:0,0 .1,0  .1,.1 ;", " gate: 0.2,0.6 0.8,0.6");
        assertEquals(
                List.of("yard", "door"), drawn.zones().stream().map(Zone::name).toList());
        assertEquals(new Point(0.1, 0.1), drawn.zones().get(1).corners().get(2));
        assertEquals(List.of(new Line("gate", new Point(0.2, 0.6), new Point(0.8, 0.6))), drawn.lines());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    yard 0,0 1,0 1,1             |                          | zones | 'yard 0,0 1,0 1,1' has no name
                    Yard: 0,0 1,0 1,1            |                          | zones | 'Yard' is no name: it begins with a letter from a to z, and letters, digits and - follow
                    yard: 0,0 1,0                |                          | zones | yard has 2 corners, a zone has 3 or more
                    yard: 0,0 1,1 1,0 0,1        |                          | zones | the edges of yard cross each other
                    yard: 0,0 .5,.5 1,1          |                          | zones | yard is flat, nothing can be in it
                    yard: 0,0 1,0 1,1,2          |                          | zones | '1,1,2' of yard is no point x,y
                    yard: 0,0 1,0 1,x            |                          | zones | '1,x' of yard is no point x,y
                    yard: 0,0 1,0 640,1          |                          | zones | the point 640,1 of yard is not in the picture, which goes from 0,0 to 1,1
                    yard: 0,0 1,0 1,-0.1         |                          | zones | '1,-0.1' of yard is no point x,y
                    yard: 0,0 1,0 1,1; yard: 0,0 1,0 1,1 |                  | zones | the name yard is given twice
                    yard: 0,0 1,0 1,1            | yard: 0,0 1,1            | lines | the name yard is given twice
                                                 | gate: 0,0 1,1 1,0        | lines | gate has 3 points, a line has 2
                                                 | gate: .5,.5 0.5,0.5      | lines | gate ends where it begins
                                                 |                          | zones | there are neither zones nor lines
                    """)
    void whatCannotBeIsRefusedWithTheReason(String zones, String lines, String parameter, String message) {
        var refused = assertThrows(
                StageException.class, () -> Shapes.parse(zones == null ? "" : zones, lines == null ? "" : lines));
        assertEquals(message, refused.getMessage());
        assertEquals(parameter, refused.parameter().orElseThrow());
        assertTrue(refused.remedy().isPresent());
    }

    @Test
    void moreShapesOrCornersThanAnybodyDrawsAreRefused() {
        var shapes = "a".repeat(3);
        var many = new StringBuilder();
        for (int i = 0; i < 65; i++) {
            many.append(shapes).append(i).append(": 0,0 1,1;");
        }
        assertThrows(StageException.class, () -> Shapes.parse("", many.toString()));
        assertThrows(StageException.class, () -> Shapes.parse("z:" + " 0,0".repeat(65), ""));
    }

    @Test
    void aConcaveZoneHoldsItsArmsAndNotItsBay() throws StageException {
        var u = zone("0.1,0.1 0.3,0.1 0.3,0.7 0.7,0.7 0.7,0.1 0.9,0.1 0.9,0.9 0.1,0.9");
        assertTrue(u.holds(new Point(0.2, 0.2)));
        assertTrue(u.holds(new Point(0.8, 0.2)));
        assertTrue(u.holds(new Point(0.5, 0.8)));
        assertFalse(u.holds(new Point(0.5, 0.4)), "the bay");
        assertFalse(u.holds(new Point(0.05, 0.5)));
        assertFalse(u.holds(new Point(0.5, 0.95)));
    }

    @Test
    void ofTwoZonesWithACommonEdgeOneHoldsEachPlace() throws StageException {
        var left = zone("0,0 0.5,0 0.5,1 0,1");
        var right = zone("0.5,0 1,0 1,1 0.5,1");
        var random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            var place = new Point(i % 3 == 0 ? 0.5 : random.nextDouble(), random.nextDouble());
            assertTrue(left.holds(place) != right.holds(place), place::toString);
        }
    }

    @Test
    void theRightHandOfALineIsIn() {
        var across = new Line("gate", new Point(0.2, 0.5), new Point(0.8, 0.5));
        assertTrue(across.side(new Point(0.5, 0.9)) > 0, "below a line from left to right");
        assertTrue(across.side(new Point(0.5, 0.1)) < 0);
        assertEquals(0, across.side(new Point(0.95, 0.5)));
    }
}
