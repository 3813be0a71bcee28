/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.stage.StageException;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVHWDeviceContext;
import org.bytedeco.javacpp.LongPointer;

/** A device as libav sees it ({@code AVHWDeviceContext}): the context that all stages share, and the stream of one of them. */
public final class HardwareDevice implements AutoCloseable {

    private final AVBufferRef reference;

    private HardwareDevice(AVBufferRef reference) {
        this.reference = reference;
    }

    /**
     * Over what is there already; both have to live longer than what libav makes of it.
     *
     * @param name for messages
     * @param context a {@code CUcontext}
     * @param stream a {@code CUstream} of it
     */
    public static HardwareDevice cuda(String name, long context, long stream) throws StageException {
        var reference = av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA);
        if (reference == null) {
            throw StageException.failed("this FFmpeg was built without CUDA");
        }
        var device = new HardwareDevice(reference);
        try {
            // AVCUDADeviceContext { CUcontext cuda_ctx; CUstream stream; ... }, which the bindings leave out
            var fields = new LongPointer(new AVHWDeviceContext(reference.data()).hwctx());
            fields.put(0, context);
            fields.put(1, stream);
            FFmpegErrors.check(av_hwdevice_ctx_init(reference), "hand " + name + " to FFmpeg");
            return device;
        } catch (StageException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /** One more reference, the caller's, for a codec's {@code hw_device_ctx} or for frames. */
    public AVBufferRef reference() {
        return av_buffer_ref(reference);
    }

    @Override
    public void close() {
        av_buffer_unref(reference);
    }
}
