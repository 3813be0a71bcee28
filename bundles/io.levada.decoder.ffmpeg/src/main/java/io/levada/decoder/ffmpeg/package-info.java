/**
 * The stage {@code decoder.ffmpeg}: packets of any codec that libavcodec decodes in software become frames, which stay
 * references of the decoder's own pool. Private; it fills the role {@code decoder}.
 */
package io.levada.decoder.ffmpeg;
