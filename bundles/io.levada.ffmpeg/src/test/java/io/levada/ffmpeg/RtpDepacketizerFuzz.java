/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * RTP from a publisher. The first byte chooses the codec; then packets, each behind one byte that says how long it is.
 */
public final class RtpDepacketizerFuzz {

    private static final List<String> MEDIA = List.of(
            "video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 AV1/90000",
            "video 0 RTP/AVP 26",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\n"
                    + "a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2",
            "audio 0 RTP/AVP 0",
            "audio 0 RTP/AVP 14");
    private static final String SESSION = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=";

    private RtpDepacketizerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var description = SESSION + MEDIA.get((input[0] & 0xff) % MEDIA.size()) + "\r\n";
        try (var depacketizer = new RtpDepacketizer(description, unit -> {
            if (unit.size() <= 0 || unit.size() > input.length * 64 + 4096) {
                throw new AssertionError(unit.size() + " bytes of " + input.length);
            }
        })) {
            for (int at = 1; at < input.length; ) {
                int length = Math.min(input[at] & 0xff, input.length - at - 1);
                depacketizer.take(ByteBuffer.wrap(input, at + 1, length).slice());
                depacketizer.format();
                at += 1 + length;
            }
        } catch (StageException e) {
            throw new AssertionError(e);
        }
    }
}
