package io.levada.itest;

import java.util.List;

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

    private FrameHashes() {}

    public static List<Line> lines(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).map(FrameHashes::line).toList();
    }

    public static List<String> hashes(String text) {
        return lines(text).stream().map(Line::hash).toList();
    }

    /** The ticks of a track, in seconds, from a line such as {@code #tb 0: 1/90000}. */
    public static double tick(String text, int stream) {
        var prefix = "#tb " + stream + ": ";
        var fraction = text.lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElseThrow()
                .substring(prefix.length())
                .split("/");
        return Double.parseDouble(fraction[0]) / Double.parseDouble(fraction[1]);
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
