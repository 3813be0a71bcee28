/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;

/** The parts of the picture that are looked at; all of it when there are none. */
final class Zones {

    private static final String FORM =
            "x,y,width,height in parts of the picture, such as 0,0.5,1,0.5; more after a semicolon";

    private record Zone(double x, double y, double width, double height) {

        boolean holds(double px, double py) {
            return px >= x && px < x + width && py >= y && py < y + height;
        }
    }

    private final List<Zone> zones;

    private Zones(List<Zone> zones) {
        this.zones = zones;
    }

    /** @throws StageException naming the zone that can't be read */
    static Zones parse(String text) throws StageException {
        List<Zone> zones = new ArrayList<>();
        for (var part : text.split(";")) {
            if (!part.isBlank()) {
                zones.add(zone(part.strip()));
            }
        }
        return new Zones(zones);
    }

    private static Zone zone(String text) throws StageException {
        var numbers = text.split("\\s*,\\s*");
        try {
            if (numbers.length == 4) {
                var zone = new Zone(
                        Double.parseDouble(numbers[0]),
                        Double.parseDouble(numbers[1]),
                        Double.parseDouble(numbers[2]),
                        Double.parseDouble(numbers[3]));
                if (zone.x >= 0
                        && zone.y >= 0
                        && zone.width > 0
                        && zone.height > 0
                        && zone.x + zone.width <= 1.000001
                        && zone.y + zone.height <= 1.000001) {
                    return zone;
                }
            }
        } catch (NumberFormatException e) {
            throw invalid(text).because(e);
        }
        throw invalid(text);
    }

    private static StageException invalid(String text) {
        return StageException.invalid("'" + text + "' is no zone")
                .parameter("zones")
                .remedy("write " + FORM);
    }

    /** Which cells of a grid lie in a zone, by their centres. */
    boolean[] mask(int columns, int rows) {
        boolean[] mask = new boolean[columns * rows];
        for (int i = 0; i < mask.length; i++) {
            double x = (i % columns + 0.5) / columns;
            double y = (i / columns + 0.5) / rows;
            mask[i] = zones.isEmpty() || zones.stream().anyMatch(zone -> zone.holds(x, y));
        }
        return mask;
    }
}
