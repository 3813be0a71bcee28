/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.muxer.rtp.Receiver.Received;
import io.levada.source.media.test.Clip;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The stage with a clip to send and somebody who listens. */
abstract class RtpMuxerFixture {

    static final String KEY = Base64.getEncoder().encodeToString(new byte[30]);

    @TempDir
    static Path clips;

    static Clip clip;

    @TempDir
    Path home;

    Receiver receiver;

    @BeforeAll
    static void read() {
        Material.h264Aac(clips);
        clip = new Clip(clips, "av.mp4", 1, "video", "audio");
    }

    @AfterAll
    static void forget() {
        clip.close();
    }

    @BeforeEach
    void listen() throws IOException {
        receiver = Receiver.open();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    StageHarness muxer(String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("url", receiver.url()));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new RtpMuxer())
                .parameters(all)
                .inputs("cam:video", "cam:audio")
                .home(home)
                .named("lobby", "out")
                .open();
    }

    StageHarness sent(String... parameters) {
        var stage = muxer(parameters);
        clip.feed(stage);
        return stage;
    }

    String sdp() throws IOException {
        return Files.readString(home.resolve("out.sdp"));
    }

    static void assertNoGap(List<Received> packets) {
        for (int i = 1; i < packets.size(); i++) {
            assertEquals(
                    (packets.get(i - 1).sequence() + 1) & 0xffff, packets.get(i).sequence());
            assertEquals(packets.get(0).ssrc(), packets.get(i).ssrc());
        }
    }
}
