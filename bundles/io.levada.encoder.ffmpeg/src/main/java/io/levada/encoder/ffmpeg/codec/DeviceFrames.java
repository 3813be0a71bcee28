/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** How pictures in a device's memory get to where its encoder reads them. Belongs to one {@link Encoder}, which closes it. */
public interface DeviceFrames extends AutoCloseable {

    /** Says to a codec that is about to be opened in which form pictures come: {@code pix_fmt} and {@code hw_frames_ctx}. */
    void prepare(AVCodecContext codec, VideoFormat format) throws StageException;

    /** Fills a blank frame with the picture, not with its times. */
    void fill(VideoFrame picture, AVFrame into) throws StageException;

    @Override
    void close();
}
