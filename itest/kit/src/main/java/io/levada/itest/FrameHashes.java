/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of FFmpeg's hash muxers: framemd5, framehash, framecrc. */
public final class FrameHashes {

    /**
     * A line.
     *
     * @param stream index of the track
     * @param dts decoding time in ticks of the track
     * @param pts presentation time in ticks
     */
    public record Line(int stream, long dts, long pts, String hash) {}

    private static final Pattern TICK = Pattern.compile("#tb (\\d+): (\\d+)/(\\d+)");

    private FrameHashes() {}

    public static List<Line> lines(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(FrameHashes::line)
                .toList();
    }

    public static List<String> hashes(String text) {
        return lines(text).stream().map(Line::hash).toList();
    }

    /** The presentation times of each track's samples, in seconds. */
    public static List<List<Double>> times(String text) {
        var tracks = new ArrayList<List<Double>>();
        text.lines().map(TICK::matcher).filter(Matcher::matches).forEach(tick -> {
            double seconds = Double.parseDouble(tick.group(2)) / Double.parseDouble(tick.group(3));
            int stream = Integer.parseInt(tick.group(1));
            tracks.add(lines(text).stream()
                    .filter(line -> line.stream() == stream)
                    .map(line -> line.pts() * seconds)
                    .toList());
        });
        return tracks;
    }

    private static Line line(String text) {
        var fields = text.split(",\\s*");
        return new Line(
                Integer.parseInt(fields[0].strip()),
                Long.parseLong(fields[1].strip()),
                Long.parseLong(fields[2].strip()),
                fields[5].strip());
    }
}
