/**
 * Decodes video on an NVIDIA GPU. {@code CudaDecoder} is the stage, {@code NvdecContext} what FFmpeg is given of the device,
 * {@code FrameEvents} tells readers on the device when a frame is there. Private to its bundle.
 */
package io.levada.decoder.cuda;
