/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import io.levada.itest.Await;
import io.levada.itest.DemoPipeline;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The pipelines of the node: one that changes while it is watched, one that is published to, and guests. */
final class Pipelines {

    static final String UNTOUCHED = "/demo/raw";
    static final String CHANGED = "/demo";
    static final String PUBLISHED = "/published";

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern TAKEN = Pattern.compile("lobby changed: ");

    private static final String PUBLISHING =
            """
            in.type   = source.publish
            in.path   = /published
            live.type = server.rtsp
            live.from = in
            live.path = /published
            """;

    private static final String GUEST =
            """
            cam.type  = source.media
            cam.url   = media/car-detection.mp4
            cam.loop  = true
            live.type = server.rtsp
            live.from = cam
            live.path = /%1$s
            out.type  = muxer.file
            out.from  = cam
            out.path  = data/%1$s.ts
            """;

    private final NodeProcess node;
    private int changes;
    private int guests;

    Pipelines(NodeProcess node) {
        this.node = node;
    }

    void deploy() {
        node.deploy("lobby", lobby(0));
        node.awaitState("lobby", "RUNNING", SOON);
        node.deploy("gate", PUBLISHING);
        Await.until("the gate is there", SOON, () -> !node.state("gate").isEmpty());
    }

    private static String lobby(int number) {
        var filter = List.of("hflip", "vflip", "negate").get(number % 3);
        var text = DemoPipeline.analysed("motion", 0.01 + number % 7 / 100.0)
                + "log.type = sink.events\nlog.from = motion\nlog.path = data/events.json\n";
        return number % 2 == 0
                ? text
                : text.replace("boxes.from     = decode,", "boxes.from     = flip,")
                        + "flip.type = filter.ffmpeg\nflip.from = decode\nflip.filters = " + filter + "\n";
    }

    /** Changes what lies before the encoder. */
    void change() {
        long before = taken();
        new PipelineFile("lobby", lobby(++changes)).drop(node.etc());
        Await.until("a change is taken", SOON, () -> taken() > before);
    }

    private long taken() {
        return TAKEN.matcher(node.log()).results().count();
    }

    /** One that comes and goes. */
    void guest() {
        var name = "guest" + guests++ % 3;
        var file = node.deploy(name, GUEST.formatted(name));
        Await.until(
                name + " writes",
                SOON,
                () -> node.data().resolve(name + ".ts").toFile().length() > 100_000);
        node.remove(file);
        node.awaitGone(name, SOON);
        node.data().resolve(name + ".ts").toFile().delete();
    }
}
