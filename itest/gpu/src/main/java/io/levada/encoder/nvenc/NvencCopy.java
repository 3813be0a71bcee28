/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.nvenc;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_transfer_data;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaStream;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.Frames;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Puts out what NVENC would be given, brought to the host by FFmpeg; which needs no NVENC. */
@StageType(value = "test.nvenc.copy", accepts = "frame:video@cuda", emits = "frame:video")
public final class NvencCopy implements Transform<VideoFrame> {

    private StageContext context;
    private CudaStream stream;
    private NvencFrames frames;
    private VideoFormat host;

    @Override
    public void open(StageContext context) {
        this.context = context;
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        var pictures = (VideoFormat) format;
        stream = Cuda.probe().device(pictures.device()).open(context.id(), () -> {});
        context.gauge("pending", stream::pending);
        var codec = avcodec_alloc_context3(NvencEncoder.codec("h264"));
        frames = new NvencFrames(stream);
        frames.prepare(codec, pictures);
        avcodec_free_context(codec);
        host = pictures.toBuilder().memory(Memory.Kind.HOST).build();
        out.format(host);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) throws StageException {
        AVFrame given = av_frame_alloc();
        AVFrame brought = av_frame_alloc();
        try {
            frames.fill(frame, given);
            FFmpegErrors.check(av_hwframe_transfer_data(brought, given, 0), "bring a frame to the host");
            var memory = Frames.adopt(brought);
            out.emit(VideoFrame.over(memory, host, memory.strides())
                    .stamp(frame.stamp())
                    .pts(frame.pts())
                    .build());
        } finally {
            av_frame_free(given);
            av_frame_free(brought);
        }
    }

    @Override
    public void close() {
        if (frames != null) {
            frames.close();
            stream.close();
        }
    }
}
