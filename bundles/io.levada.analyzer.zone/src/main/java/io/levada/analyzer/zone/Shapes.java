/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Point;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Zones and lines as users write them: {@code yard: 0.1,0.5 0.9,0.5 0.5,1; door: ...}. */
final class Shapes {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Pattern NUMBER = Pattern.compile("\\d*\\.?\\d+|\\d+\\.");

    /** More than anybody draws. */
    private static final int MOST_SHAPES = 64;

    private static final int MOST_CORNERS = 64;

    private static final String ZONES = "zones";
    private static final String LINES = "lines";

    private final String parameter;
    private final String form;
    private final Set<String> names;

    private Shapes(String parameter, String form, Set<String> names) {
        this.parameter = parameter;
        this.form = form;
        this.names = names;
    }

    /** All that is watched. */
    record Drawn(List<Zone> zones, List<Line> lines) {

        List<String> names() {
            return Stream.concat(zones.stream().map(Zone::name), lines.stream().map(Line::name))
                    .toList();
        }
    }

    /** @throws StageException naming the parameter and the shape that can't be */
    static Drawn parse(String zones, String lines) throws StageException {
        Set<String> names = new HashSet<>();
        var drawn = new Drawn(
                new Shapes(ZONES, "NAME: x,y x,y x,y ... in parts of the picture, more after a semicolon", names)
                        .zones(zones),
                new Shapes(LINES, "NAME: x,y x,y in parts of the picture, more after a semicolon", names).lines(lines));
        if (names.isEmpty()) {
            throw StageException.invalid("there are neither zones nor lines")
                    .parameter(ZONES)
                    .remedy("write zones = yard: 0.1,0.5 0.9,0.5 0.9,1 0.1,1 or lines = gate: 0.2,0.6 0.8,0.6");
        }
        return drawn;
    }

    private List<Zone> zones(String text) throws StageException {
        List<Zone> zones = new ArrayList<>();
        for (var part : parts(text)) {
            var zone = new Zone(name(part), corners(part));
            if (zone.corners().size() < 3) {
                throw wrong(zone.name() + " has " + zone.corners().size() + " corners, a zone has 3 or more");
            }
            if (zone.tangled()) {
                throw wrong("the edges of " + zone.name() + " cross each other");
            }
            if (zone.flat()) {
                throw wrong(zone.name() + " is flat, nothing can be in it");
            }
            zones.add(zone);
        }
        return List.copyOf(zones);
    }

    private List<Line> lines(String text) throws StageException {
        List<Line> lines = new ArrayList<>();
        for (var part : parts(text)) {
            var name = name(part);
            var ends = corners(part);
            if (ends.size() != 2) {
                throw wrong(name + " has " + ends.size() + " points, a line has 2");
            }
            if (ends.get(0).equals(ends.get(1))) {
                throw wrong(name + " ends where it begins");
            }
            lines.add(new Line(name, ends.get(0), ends.get(1)));
        }
        return List.copyOf(lines);
    }

    private List<String> parts(String text) throws StageException {
        List<String> parts = new ArrayList<>();
        for (var part : text.split(";")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        if (parts.size() > MOST_SHAPES) {
            throw wrong("there are " + parts.size() + " " + parameter + ", at most " + MOST_SHAPES + " can be");
        }
        return parts;
    }

    private String name(String part) throws StageException {
        int colon = part.indexOf(':');
        if (colon < 0) {
            throw wrong("'" + part + "' has no name");
        }
        var name = part.substring(0, colon).strip();
        if (!NAME.matcher(name).matches()) {
            throw wrong(
                    "'" + name + "' is no name: it begins with a letter from a to z, and letters, digits and - follow");
        }
        if (!names.add(name)) {
            throw wrong("the name " + name + " is given twice");
        }
        return name;
    }

    private List<Point> corners(String part) throws StageException {
        List<Point> corners = new ArrayList<>();
        var text = part.substring(part.indexOf(':') + 1).strip();
        for (var word : text.split("\\s+")) {
            if (!word.isEmpty()) {
                corners.add(corner(part.substring(0, part.indexOf(':')).strip(), word));
            }
        }
        if (corners.size() > MOST_CORNERS) {
            throw wrong("a shape has " + corners.size() + " corners, at most " + MOST_CORNERS + " can be");
        }
        return List.copyOf(corners);
    }

    private Point corner(String name, String word) throws StageException {
        var numbers = word.split(",", -1);
        if (numbers.length != 2
                || !NUMBER.matcher(numbers[0]).matches()
                || !NUMBER.matcher(numbers[1]).matches()) {
            throw wrong("'" + word + "' of " + name + " is no point x,y");
        }
        var point = new Point(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        if (point.x() > 1 || point.y() > 1) {
            throw wrong("the point " + word + " of " + name + " is not in the picture, which goes from 0,0 to 1,1");
        }
        return point;
    }

    private StageException wrong(String what) {
        return StageException.invalid(what).parameter(parameter).remedy("write " + form);
    }
}
