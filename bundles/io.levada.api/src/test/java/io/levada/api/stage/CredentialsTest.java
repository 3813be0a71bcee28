/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {

    @ParameterizedTest
    @CsvSource({
        "rtsp://10.0.0.7/stream, rtsp://10.0.0.7/stream",
        "rtsp://admin:secret@10.0.0.7:554/s, rtsp://***@10.0.0.7:554/s",
        "rtsp://admin:se@cret@10.0.0.7/s, rtsp://***@10.0.0.7/s",
        "rtsp://admin@10.0.0.7/s, rtsp://***@10.0.0.7/s",
        "https://h/a?x=1&token=abc&y=2, https://h/a?x=1&token=***&y=2",
        "https://h/a?x=1&amp;token=abc&amp;y=2, https://h/a?x=1&amp;token=***&amp;y=2",
        "https://h/a?access_token=abc, https://h/a?access_token=***",
        "https://h/a?api_key=abc&password=p, https://h/a?api_key=***&password=***",
        "https://h/a?X-Amz-Signature=abc, https://h/a?X-Amz-Signature=***",
        "srt://h:9000?passphrase=abc&mode=caller, srt://h:9000?passphrase=***&mode=caller",
        "http://h/monkey?keyframe=1&keys=2, http://h/monkey?keyframe=1&keys=2",
        "can't open rtsp://u:p@h/a and http://v:q@k/b, can't open rtsp://***@h/a and http://***@k/b",
        "rtsp:/admin:secret@10.0.0.7/s, rtsp:/***@10.0.0.7/s",
        "rtsp:\\/\\/admin:secret@10.0.0.7\\/s, rtsp:\\/\\/***@10.0.0.7\\/s",
        "rtsp:\\/\\/10.0.0.7\\/me@home, rtsp:\\/\\/10.0.0.7\\/me@home",
        "rtsp://admin:se/cret@10.0.0.7/s, rtsp://***@10.0.0.7/s",
        "rtsp://admin:se#cret?@10.0.0.7:554/s, rtsp://***@10.0.0.7:554/s",
        "rtsp://admin:p@/s:s@host/x, rtsp://***@host/x",
        "rtsp:\\/\\/admin:se\\/cret@10.0.0.7\\/s, rtsp:\\/\\/***@10.0.0.7\\/s",
        "rtsp://admin:secret@host/me@home, rtsp://***@host/me@home",
        "https://host:8443/@me/a.mp4, https://host:8443/@me/a.mp4",
        "https://[::1]:8443/@me/a.mp4, https://[::1]:8443/@me/a.mp4",
        "rtsp://host:no/port and me@example.org, rtsp://host:no/port and me@example.org",
        "file:/home/me@work/a.mp4, file:/home/me@work/a.mp4",
        "Authorization: Basic YWRtaW46c2VjcmV0, Authorization: ***",
        "me@example.org, me@example.org"
    })
    void theyAreMaskedInTextOfAnyKind(String text, String masked) {
        assertEquals(masked, Credentials.masked(text));
    }

    @ParameterizedTest
    @CsvSource({
        "password, true",
        "srt.passphrase, true",
        "access_token, true",
        "PASSWD, true",
        "key, false",
        "pass, false",
        "keyframe, false"
    })
    void aNameTellsThatItsValueIsSecret(String name, boolean secret) {
        assertEquals(secret, Credentials.namedBy(name));
    }
}
