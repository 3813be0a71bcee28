/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import io.levada.itest.RtpReader;
import io.levada.itest.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What somebody waits for who begins to watch in the midst of a long group of pictures. */
class FirstPictureBenchmark {

    private static final int STARTS = Integer.getInteger("levada.benchmark.starts", 20);
    private static final long LIMIT_MILLIS = 300;
    private static final long LONGEST_WAIT_MILLIS = 6000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path HOME = Path.of("target", "first-picture").toAbsolutePath();
    private static final Path FILM = Path.of("target", "first-picture.mp4").toAbsolutePath();

    @Test
    void aReaderHasAPictureAtOnceAlsoWhereKeyframesAreTenSecondsApart() throws IOException {
        FFmpegProgram.run(
                ("-f lavfi -i testsrc2=size=1280x720:rate=25:duration=30,noise=alls=8:allf=t -c:v libx264 -preset veryfast"
                                + " -g 250 -keyint_min 250 -sc_threshold 0 -b:v 4M " + FILM)
                        .split(" "));
        try (var node = NodeProcess.run(HOME).start()) {
            node.deploy(
                    "film",
                    """
                    cam.type = source.media
                    cam.url = %s
                    cam.loop = true
                    live.type = server.rtsp
                    live.from = cam
                    live.path = /film
                    """
                            .formatted(FILM));
            node.awaitState("film", "RUNNING", PATIENCE);
            for (var transport : List.of(Transport.UDP, Transport.TCP)) {
                measure(node.rtspPort(), transport);
            }
        }
    }

    private static void measure(int port, Transport transport) throws IOException {
        var random = new Random(1);
        var millis = new ArrayList<Double>();
        for (int i = -1; i < STARTS; i++) { // the first one finds cold code and does not count
            LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_WAIT_MILLIS * 1e6));
            try (var reader = new RtpReader(port, "/film", transport)) {
                Await.until("a picture", PATIENCE, () -> reader.firstPicture().isPresent());
                if (i >= 0) {
                    millis.add(reader.firstPicture().getAsLong() / 1e6);
                }
            }
        }
        var sorted = millis.stream().sorted().toList();
        double worst = sorted.get(sorted.size() - 1);
        System.out.printf(
                Locale.ROOT,
                "first picture over %s: median %.1f ms, worst %.1f ms of %d, at most %d ms are wanted%n",
                transport,
                sorted.get(sorted.size() / 2),
                worst,
                sorted.size(),
                LIMIT_MILLIS);
        assertTrue(worst < LIMIT_MILLIS, () -> millis.toString());
    }
}
