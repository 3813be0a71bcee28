/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

/** The pipeline that tests look at: a clip served as it is at {@code /demo/raw}, and with what was found in it at {@code /demo}. */
public final class DemoPipeline {

    /** Without what lies between {@code decode} and {@code encode}. */
    public static final String STREAMS =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.loop     = true
            decode.type  = decoder
            decode.from  = cam:video
            encode.type  = encoder
            encode.codec = h264
            live.type    = server.rtsp
            live.from    = encode, cam:audio
            live.path    = /demo
            raw.type     = server.rtsp
            raw.from     = cam
            raw.path     = /demo/raw
            """;

    private DemoPipeline() {}

    /** @param analyzer the name of its stage */
    public static String analysed(String analyzer, double threshold) {
        return STREAMS
                + """
                %1$s.type      = analyzer.motion
                %1$s.from      = decode
                %1$s.threshold = %2$s
                boxes.type     = filter.overlay
                boxes.from     = decode, %1$s
                encode.from    = boxes
                """
                        .formatted(analyzer, threshold);
    }
}
