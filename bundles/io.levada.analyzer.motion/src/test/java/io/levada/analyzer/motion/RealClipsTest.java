/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import io.levada.api.media.TimeBase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real clips, held against what a person sees in them; the boxes were measured by eye. */
class RealClipsTest {

    /** Overlap of two boxes as part of their union, from which they are called the same. */
    private static final double SAME = 0.7;

    private static Map<Long, Event> cars;
    private static Map<Long, Event> people;

    @BeforeAll
    static void analyse(@TempDir Path folder) throws Exception {
        cars = new RealClip(Path.of("../../distribution/src/main/media/car-detection.mp4"), new TimeBase(2, 25), folder)
                .events();
        people = new RealClip(Path.of("src/test/media/one-by-one-person-detection.mp4"), new TimeBase(1, 10), folder)
                .events();
    }

    private static boolean moving(Map<Long, Event> events, long picture) {
        return events.containsKey(picture)
                && (Boolean) events.get(picture).values().get("moving");
    }

    private static long moving(Map<Long, Event> events, long from, long to) {
        return LongStream.rangeClosed(from, to)
                .filter(picture -> moving(events, picture))
                .count();
    }

    private static double overlap(Region region, double left, double top, double right, double bottom) {
        double width = Math.min(region.x() + region.width(), right) - Math.max(region.x(), left);
        double height = Math.min(region.y() + region.height(), bottom) - Math.max(region.y(), top);
        double common = Math.max(0, width) * Math.max(0, height);
        return common / (region.width() * region.height() + (right - left) * (bottom - top) - common);
    }

    private static void assertFound(Event event, double left, double top, double right, double bottom) {
        assertTrue(
                event.regions().stream().anyMatch(region -> overlap(region, left, top, right, bottom) >= SAME),
                () -> "nothing at (" + left + ", " + top + ") to (" + right + ", " + bottom + ") in " + event);
    }

    @ParameterizedTest(name = "car in picture {0}")
    @CsvSource({
        "60, 1, 0.376, 0.770, 0.600, 1.000",
        "72, 1, 0.363, 0.380, 0.619, 1.000",
        "205, 2, 0.121, 0.116, 0.335, 0.810",
        "205, 2, 0.410, 0.366, 0.622, 1.000",
    })
    void aBoxIsAroundEachCar(long picture, int boxes, double left, double top, double right, double bottom) {
        assertEquals(boxes, cars.get(picture).regions().size());
        assertFound(cars.get(picture), left, top, right, bottom);
    }

    @ParameterizedTest(name = "person in picture {0}")
    @CsvSource({
        "95, 0.498, 0.030, 0.667, 0.911",
        "260, 0.492, 0.000, 0.704, 0.885",
        "524, 0.517, 0.000, 0.725, 0.900",
        "784, 0.475, 0.080, 0.652, 0.874",
        "928, 0.438, 0.380, 0.673, 1.000",
    })
    void aBoxIsAroundEachPerson(long picture, double left, double top, double right, double bottom) {
        assertEquals(1, people.get(picture).regions().size());
        assertFound(people.get(picture), left, top, right, bottom);
    }

    @Test
    void everyCarIsSeenAllTheWayAndTheEmptyStreetIsNot() {
        assertEquals(46, moving(cars, 60, 105));
        assertEquals(51, moving(cars, 185, 235));
        assertEquals(26, moving(cars, 320, 345));
        assertEquals(0, moving(cars, 0, 50) + moving(cars, 120, 172) + moving(cars, 250, 308));
    }

    @Test
    void theEmptyRoomAndWhoStandsStillAreNotMotion() {
        assertEquals(0, moving(people, 0, 45) + moving(people, 210, 225) + moving(people, 1215, 1230));
        assertEquals(0, moving(people, 120, 165), "she stands and reads");
        assertEquals(0, moving(people, 290, 400), "he stands and reads");
    }

    @Test
    void motionThatEndsIsToldOnce() {
        for (var events : List.of(cars, people)) {
            boolean before = false;
            for (var event : events.values()) {
                boolean now = (Boolean) event.values().get("moving");
                assertTrue(now || before, () -> "told twice: " + event);
                before = now;
            }
        }
    }
}
