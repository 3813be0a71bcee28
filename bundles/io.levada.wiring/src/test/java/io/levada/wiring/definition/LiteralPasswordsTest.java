/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiteralPasswordsTest {

    @ParameterizedTest
    @CsvSource({
        "cam.url, rtsp://admin:pw@h/s",
        "cam.url, rtsp://admin:pw$[secret:half]@h/s",
        "cam.url, rtsp://$[secret:user]:pw@h/s",
        "cam.url, rtsp:/admin:pw@h/s",
        "cam.url, https://h/s?x=1&token=abc",
        "cam.url, https://h/s?api_key=abc&password=$[secret:pw]",
        "out.url, srt://h:9000?passphrase=abc",
        "out.url, rtmp://h/live?key=abc",
        "out.passphrase, abc",
        "cam.password, abc",
    })
    void aPasswordInPlainTextIsFound(String key, String value) {
        assertEquals(List.of(key), LiteralPasswords.in(Map.of(key, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "cam.url, rtsp://h/s",
        "cam.url, rtsp://admin@h/s",
        "cam.url, rtsp://admin:@h/s",
        "cam.url, rtsp://admin:$[secret:pw]@h/s",
        "cam.url, rtsp://$[secret:user]:$[secret:pw]@h/s",
        "cam.url, rtsp://$[secret:login]@h/s",
        "cam.url, https://h/s?x=1&token=$[secret:token]&y=2",
        "cam.url, $[secret:url]",
        "out.passphrase, $[secret:srt]",
        "enc.ffmpeg.x264-params, pass=1",
        "enc.pass, 1",
        "cam.keyframes, 2",
    })
    void whatIsNoPasswordOrIsInAFileIsNot(String key, String value) {
        assertEquals(List.of(), LiteralPasswords.in(Map.of(key, value)));
    }
}
