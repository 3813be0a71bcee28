/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** {@code gst-launch-1.0 rtspsrc}: its identity element prints the time of each decoded picture. */
final class GStreamer {

    private static final Duration START_AND_END = Duration.ofSeconds(30);
    private static final Pattern TIME = Pattern.compile("last-message = chain .* pts: (\\d+):(\\d+):([\\d.]+),");

    /**
     * At its end rtspsrc of GStreamer 1.22 sends a PAUSE, and gst-launch interrupts it to close the connection; if that meets
     * the PAUSE while it is written, it is reported as an error, twice, whoever the server is.
     */
    private static final Pattern INTERRUPTED_PAUSE = Pattern.compile("ERROR: from element .*\nAdditional debug info:\n"
            + ".*: gst_rtspsrc_(try_send|pause) \\(\\): .*\nCould not send message\\. .*\n");

    private GStreamer() {}

    static Viewing play(String url, Transport transport, int seconds) {
        var command = Command.of(
                        "gst-launch-1.0",
                        Player.words(
                                "-v rtspsrc buffer-mode=none protocols=" + transport.word() + " location=" + url,
                                "! rtph264depay ! h264parse ! avdec_h264",
                                "! identity silent=false eos-after=" + pictures(seconds),
                                "! fakesink sync=false"))
                .with("GST_DEBUG", "*:1,libav:2")
                .with("GST_DEBUG_NO_COLOR", "1")
                .within(START_AND_END.plusSeconds(seconds));
        var result = command.run();
        var complaints = INTERRUPTED_PAUSE.matcher(result.err()).replaceAll("");
        if (complaints.equals(result.err()) || complaints.contains("ERROR")) {
            result.orFail(command);
        }
        var times = TIME.matcher(result.out())
                .results()
                .map(time -> 3600 * Double.parseDouble(time.group(1))
                        + 60 * Double.parseDouble(time.group(2))
                        + Double.parseDouble(time.group(3)))
                .toList();
        return new Viewing(List.of(times), complaints.lines().toList());
    }

    /** Of the demo's clip. */
    private static int pictures(int seconds) {
        return (int) Math.ceil(seconds * Clip.FRAMES_PER_SECOND);
    }
}
