/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.cuda;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_is_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_iterate;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_hw_config;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaStream;
import io.levada.ffmpeg.DeviceDecoding;
import io.levada.ffmpeg.HardwareDevice;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** The device as FFmpeg sees it: the context that all stages share, and the stream of one decoder. */
final class NvdecContext implements AutoCloseable {

    private final HardwareDevice device;

    private NvdecContext(HardwareDevice device) {
        this.device = device;
    }

    static NvdecContext of(CudaStream stream) throws StageException {
        return new NvdecContext(HardwareDevice.cuda(
                stream.device().toString(),
                stream.device().context(),
                stream.handle().address()));
    }

    /** libav's decoder of the format that can use NVDEC. */
    static AVCodec codec(PacketFormat format) throws StageException {
        var descriptor = avcodec_descriptor_get_by_name(format.codec());
        try (var position = new PointerPointer<Pointer>(1)) {
            position.put(0, (Pointer) null);
            for (var codec = av_codec_iterate(position); codec != null; codec = av_codec_iterate(position)) {
                if (descriptor != null
                        && codec.id() == descriptor.id()
                        && av_codec_is_decoder(codec) != 0
                        && takesDevice(codec)) {
                    return codec;
                }
            }
        }
        throw StageException.invalid("NVDEC does not decode " + format.codec());
    }

    private static boolean takesDevice(AVCodec codec) {
        for (int i = 0; ; i++) {
            var config = avcodec_get_hw_config(codec, i);
            if (config == null) {
                return false;
            }
            if (config.pix_fmt() == AV_PIX_FMT_CUDA
                    && (config.methods() & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
                return true;
            }
        }
    }

    /** Has the decoder decode on the device, and nowhere else. */
    void use(AVCodecContext codec) {
        DeviceDecoding.onCuda(codec, device);
    }

    @Override
    public void close() {
        device.close();
    }
}
