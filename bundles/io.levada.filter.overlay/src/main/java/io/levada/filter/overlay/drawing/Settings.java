/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * The parameters, ready for use.
 *
 * @param hold in nanoseconds
 * @param thickness in pixels; 0 follows the picture's size
 * @param textSize height of a glyph in pixels; 0 follows the picture's size
 */
public record Settings(
        long hold,
        Paint color,
        int thickness,
        boolean labels,
        boolean scores,
        int textSize,
        boolean clock,
        ZoneId zone) {

    public static Settings of(OverlayParameters config) throws StageException {
        return new Settings(
                Quantity.nanos("hold", config.hold()),
                Paint.of(config.color()),
                config.thickness(),
                !config.labels().equals("none"),
                config.labels().equals("label+score"),
                config.text$_$size(),
                config.clock(),
                zone(config.zone()));
    }

    private static ZoneId zone(String text) throws StageException {
        try {
            return text.isBlank() ? ZoneId.systemDefault() : ZoneId.of(text.strip());
        } catch (DateTimeException e) {
            throw StageException.invalid("'" + text + "' is no time zone")
                    .parameter("zone")
                    .remedy("write UTC, an offset such as +01:00 or a name such as Europe/Lisbon")
                    .because(e);
        }
    }

    /** Pixels of a glyph's square. */
    int scale(int height) {
        return Math.max(1, textSize > 0 ? textSize / Font.HEIGHT : Math.round(height / 288f));
    }

    /** Even, so that lines fill whole chroma values. */
    int line(int height) {
        return Math.max(2, (thickness > 0 ? thickness : Math.round(height / 240f)) / 2 * 2);
    }
}
