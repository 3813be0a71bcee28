/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.nvenc;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaStream;
import io.levada.encoder.ffmpeg.codec.DeviceFrames;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.HardwareDevice;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Pictures for NVENC: copied within the device, on the stage's stream, into frames of a pool that lives as long as the
 * encoder. FFmpeg registers what it gives to NVENC by its address and keeps that: other memory at the same address, when a
 * decoder or a pool before it was exchanged while the encoder went on, would be taken for what is gone.
 */
final class NvencFrames implements DeviceFrames {

    private final CudaStream stream;
    private final HardwareDevice device;
    private final AVFrame source = Objects.requireNonNull(av_frame_alloc(), "out of memory");
    private AVBufferRef pool;

    NvencFrames(CudaStream stream) throws StageException {
        this.stream = stream;
        this.device = HardwareDevice.cuda(
                stream.device().toString(),
                stream.device().context(),
                stream.handle().address());
    }

    @Override
    public void prepare(AVCodecContext codec, VideoFormat format) throws StageException {
        var reference = device.reference();
        pool = av_hwframe_ctx_alloc(reference);
        av_buffer_unref(reference);
        new AVHWFramesContext(pool.data())
                .format(AV_PIX_FMT_CUDA)
                .sw_format(av_get_pix_fmt(format.pixelFormat().name()))
                .width(format.width())
                .height(format.height());
        int error = av_hwframe_ctx_init(pool);
        if (error < 0) {
            throw StageException.invalid("NVENC does not take " + format.pixelFormat() + " pictures of "
                            + format.width() + "x" + format.height() + ": " + FFmpegErrors.text(error))
                    .remedy("put a gpu.scale with format = nv12 in between");
        }
        source.format(AV_PIX_FMT_CUDA).width(format.width()).height(format.height());
        source.hw_frames_ctx(av_buffer_ref(pool));
        codec.pix_fmt(AV_PIX_FMT_CUDA);
        codec.hw_frames_ctx(av_buffer_ref(pool));
    }

    @Override
    public void fill(VideoFrame picture, AVFrame into) throws StageException {
        stream.requireWhole();
        stream.device().bind();
        var memory = picture.memory();
        stream.await(memory);
        FFmpegErrors.check(av_hwframe_get_buffer(pool, into, 0), "get a frame on " + stream.device());
        for (int plane = 0; plane < memory.planes(); plane++) {
            source.data(plane, new At(memory.address(plane)));
            source.linesize(plane, picture.stride(plane));
        }
        FFmpegErrors.check(av_hwframe_transfer_data(into, source, 0), "copy a picture on " + stream.device());
        stream.fence(memory);
    }

    @Override
    public void close() {
        av_frame_free(source);
        av_buffer_unref(pool);
        device.close();
    }

    /** A place on the device, which is not to be touched from here. */
    private static final class At extends BytePointer {

        At(long number) {
            super((Pointer) null);
            address = number;
        }
    }
}
