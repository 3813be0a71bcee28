/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_CUDA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.javacpp.IntPointer;

/** Has a decoder decode on a device, and nowhere else: when that can't decode the stream, the decoder fails. */
public final class DeviceDecoding {

    /**
     * One for all, never collected: JavaCPP has room for ten function pointers of a kind, and libav keeps the address. So it is
     * in this bundle, which stays, and not in the decoder's, which may be replaced any number of times.
     */
    private static final Choice CUDA = new Choice();

    private DeviceDecoding() {}

    /** Before the decoder is opened; it takes a reference of its own to the device. */
    public static void onCuda(AVCodecContext codec, HardwareDevice device) {
        codec.hw_device_ctx(device.reference());
        codec.get_format(CUDA);
    }

    /** Takes frames on the device; when the card can't decode the stream, libav does not offer them. */
    private static final class Choice extends AVCodecContext.Get_format_AVCodecContext_IntPointer {

        @Override
        public int call(AVCodecContext codec, IntPointer offered) {
            for (int i = 0; offered.get(i) != AV_PIX_FMT_NONE; i++) {
                if (offered.get(i) == AV_PIX_FMT_CUDA) {
                    return AV_PIX_FMT_CUDA;
                }
            }
            return AV_PIX_FMT_NONE;
        }
    }
}
