/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.ffmpeg.RtpMedia;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of SDP. */
class DescriptionTest {

    private static final String KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk";
    private static final int TIMES = 200;

    @TempDir
    Path home;

    private Callable<Void> writes(String name) {
        return () -> {
            var to = InetAddress.getLoopbackAddress();
            var encryption = Encryption.of("aes-cm-128-hmac-sha1-80", KEY);
            var description = new Description(name, to, 1, encryption);
            var media = new RtpMedia(MediaKind.VIDEO, 96, 90_000, List.of());
            for (int i = 0; i < TIMES; i++) {
                description.write(home.resolve("out.sdp"), List.of(new Description.Entry(media, 5000 + 2 * i)));
            }
            return null;
        };
    }

    @Test
    void stagesThatWriteTheSameFileDoNotHinderEachOther() throws Exception {
        var threads = Executors.newFixedThreadPool(2);
        try {
            for (var written : threads.invokeAll(List.of(writes("one"), writes("other")))) {
                written.get();
            }
        } finally {
            threads.shutdown();
        }
        var text = Files.readString(home.resolve("out.sdp"));
        assertTrue(text.startsWith("v=0\r\n") && text.endsWith("inline:" + KEY + "\r\n"), text);
        try (var files = Files.list(home)) {
            assertEquals(1, files.count());
        }
    }
}
