/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Distribution;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import io.levada.itest.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An untouched stream is bit for bit the file. */
class SamePacketsIT {

    private static NodeProcess node;

    @BeforeAll
    static void startNode() {
        node = NodeProcess.run(Nodes.home(SamePacketsIT.class))
                .option("-Dlevada.leaks=all")
                .start();
    }

    @AfterAll
    static void stopNode() {
        node.terminate();
        assertTrue(!node.log().contains("LEAK"), node.log());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void packetsOfAnUntouchedStreamAreThoseOfTheFile(Transport transport) {
        var name = "raw-" + transport.word();
        node.deploy(
                name,
                """
                cam.type  = source.media
                cam.url   = media/car-detection.mp4
                cam.loop  = true
                live.type = server.rtsp
                live.from = cam
                live.path = /%s
                """
                        .formatted(name));
        node.awaitState(name, "RUNNING", Duration.ofSeconds(30));
        var file = accessUnits("-i", Distribution.packed().clip().toString());
        var stream = accessUnits("-rtsp_transport", transport.word(), "-i", node.rtsp("/" + name), "-t", "32");
        assertTrue(
                stream.size() > file.size(), () -> stream.size() + " access units came, the file has " + file.size());
        assertTrue(
                Collections.indexOfSubList(repeated(file, 3), stream) >= 0,
                () -> "the stream is no part of the looped file: " + stream + "\n" + file);
    }

    private static List<String> repeated(List<String> units, int times) {
        return Collections.nCopies(times, units).stream().flatMap(List::stream).toList();
    }

    /**
     * The hashes of the access units of the picture. Parameter sets are left out, for they travel in the SDP or in band; start
     * codes are made alike.
     */
    private static List<String> accessUnits(String... input) {
        var arguments = new ArrayList<>(List.of(input));
        arguments.addAll(List.of("-map", "0:v", "-c", "copy"));
        arguments.addAll(List.of("-bsf:v", "h264_mp4toannexb,filter_units=remove_types=7-9"));
        arguments.addAll(List.of("-f", "framemd5", "-"));
        return FrameHashes.hashes(FFmpegProgram.run(arguments.toArray(String[]::new)));
    }
}
