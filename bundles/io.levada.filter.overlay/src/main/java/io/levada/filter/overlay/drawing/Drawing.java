/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import java.util.List;

/** Draws boxes, labels and the time on a canvas. */
public final class Drawing {

    private final Canvas canvas;
    private final Settings settings;
    private final TimeText time;
    private final StringBuilder text = new StringBuilder(64);
    private final int[] color;
    private final int[] textOnColor;
    private final int[] black;
    private final int[] white;
    private final int line;
    private final int scale;

    public Drawing(Canvas canvas, Settings settings) {
        this.canvas = canvas;
        this.settings = settings;
        time = new TimeText(settings.zone());
        color = canvas.mix(settings.color());
        textOnColor = canvas.mix(settings.color().text());
        black = canvas.mix(Paint.BLACK);
        white = canvas.mix(Paint.WHITE);
        line = settings.line(canvas.height());
        scale = settings.scale(canvas.height());
    }

    /** Whether a picture stays as it is. */
    public boolean nothingOn(Stamp picture, Boxes boxes) {
        if (settings.clock()) {
            return false;
        }
        for (int i = 0; i < boxes.count(); i++) {
            if (!boxes.of(i, picture, settings.hold()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** All that belongs on a picture. */
    public void on(Stamp picture, Boxes boxes) {
        for (int i = 0; i < boxes.count(); i++) {
            List<Region> regions = boxes.of(i, picture, settings.hold());
            for (int region = regions.size() - 1; region >= 0; region--) { // the best one on top
                draw(regions.get(region));
            }
        }
        if (settings.clock()) {
            time(picture.captureTime());
        }
    }

    private void draw(Region region) {
        if (region.outline().isEmpty()) {
            box(region);
        } else {
            outline(region.outline());
            if (settings.labels()) {
                var first = region.outline().get(0);
                label(region, even(first.x() * canvas.width()), even(first.y() * canvas.height()));
            }
        }
    }

    /** From corner to corner, and back to the first where there are more than two. */
    private void outline(List<Point> corners) {
        for (int i = corners.size() == 2 ? 1 : 0; i < corners.size(); i++) {
            var from = corners.get((i + corners.size() - 1) % corners.size());
            var to = corners.get(i);
            canvas.line(
                    clamped(from.x()) * canvas.width(),
                    clamped(from.y()) * canvas.height(),
                    clamped(to.x()) * canvas.width(),
                    clamped(to.y()) * canvas.height(),
                    line,
                    color);
        }
    }

    private static double clamped(double part) {
        return Math.max(0, Math.min(1, part));
    }

    private void box(Region region) {
        int left = even(region.x() * canvas.width());
        int top = even(region.y() * canvas.height());
        int right = Math.max(left + 2 * line, even((region.x() + region.width()) * canvas.width()));
        int bottom = Math.max(top + 2 * line, even((region.y() + region.height()) * canvas.height()));
        canvas.fill(left, top, right - left, line, color);
        canvas.fill(left, bottom - line, right - left, line, color);
        canvas.fill(left, top, line, bottom - top, color);
        canvas.fill(right - line, top, line, bottom - top, color);
        if (settings.labels()) {
            label(region, left, top);
        }
    }

    /** On a chroma value's edge; far outside is as good as just outside. */
    private static int even(double place) {
        return (int) Math.max(-1 << 16, Math.min(1 << 16, Math.round(place / 2) * 2));
    }

    /** Above the box, or in it where there is no room. */
    private void label(Region region, int left, int top) {
        text.setLength(0);
        text.append(region.label());
        if (region.track() != Region.NO_TRACK) {
            text.append(" #").append(region.track());
        }
        if (settings.scores() && region.outline().isEmpty()) {
            text.append(' ').append(Math.round(100 * region.score())).append(" %");
        }
        int height = (Font.HEIGHT + 2) * scale + 1 & ~1;
        int above = top - height >= 0 ? top - height : top;
        int width = (text.length() * Font.ADVANCE + 1) * scale + 1 & ~1;
        int fitting = Math.max(0, Math.min(left, canvas.width() - width)) & ~1;
        canvas.fill(fitting, above, width, height, color);
        canvas.text(text, fitting + scale, above + scale, scale, textOnColor);
    }

    private void time(long captured) {
        text.setLength(0);
        time.appendTo(text, captured);
        int width = (text.length() * Font.ADVANCE + 1) * scale + 1 & ~1;
        canvas.fill(0, 0, width, (Font.HEIGHT + 2) * scale + 1 & ~1, black);
        canvas.text(text, scale, scale, scale, white);
    }
}
