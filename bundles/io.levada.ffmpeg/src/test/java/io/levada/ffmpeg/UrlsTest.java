/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlsTest {

    @ParameterizedTest
    @CsvSource({
        "/media/a.mp4, true, /media/a.mp4",
        "media/a.mp4, true, media/a.mp4",
        "file:/media/a.mp4, true, /media/a.mp4",
        "file:///media/a.mp4, true, /media/a.mp4",
        "file:media/a.mp4, true, media/a.mp4",
        "rtsp://h/a, false, rtsp://h/a",
        "udp://239.0.0.1:5000, false, udp://239.0.0.1:5000"
    })
    void aFileIsToldFromAUrl(String url, boolean file, String path) {
        assertEquals(file, Urls.file(url));
        assertEquals(path, Urls.path(url));
    }
}
