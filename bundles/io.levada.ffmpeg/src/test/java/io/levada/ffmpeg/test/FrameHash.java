/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.test;

import io.levada.api.media.AudioFrame;
import io.levada.api.media.VideoFrame;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The MD5 of a frame as {@code ffmpeg -f framemd5} computes it: rows without padding, plane after plane. */
public final class FrameHash {

    private FrameHash() {}

    public static String of(VideoFrame frame) {
        var pixels = frame.format().pixelFormat();
        if (!pixels.described()) {
            throw new AssertionError("no layout known for " + pixels);
        }
        var md5 = md5();
        for (int plane = 0; plane < pixels.planes(); plane++) {
            var bytes = frame.plane(plane).duplicate();
            int width = pixels.rowBytes(plane, frame.width());
            for (int row = 0; row < pixels.rows(plane, frame.height()); row++) {
                int start = row * frame.stride(plane);
                md5.update(bytes.limit(start + width).position(start));
            }
        }
        return HexFormat.of().formatHex(md5.digest());
    }

    /** Samples of all channels interleaved, as {@code -c:a pcm_f32le} (or whatever fits the format) writes them. */
    public static String of(AudioFrame frame) {
        int planes = frame.memory().planes();
        int bytes = frame.format().sampleFormat().bytes() * frame.format().channels() / planes;
        var interleaved = ByteBuffer.allocate(frame.samples() * bytes * planes);
        for (int sample = 0; sample < frame.samples(); sample++) {
            for (int plane = 0; plane < planes; plane++) {
                interleaved.put(frame.plane(plane).slice(sample * bytes, bytes));
            }
        }
        var md5 = md5();
        md5.update(interleaved.flip());
        return HexFormat.of().formatHex(md5.digest());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
