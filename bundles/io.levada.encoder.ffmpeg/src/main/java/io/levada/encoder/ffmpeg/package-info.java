/**
 * The stage {@code encoder.ffmpeg}: frames become packets of any codec that libavcodec encodes in software, converted
 * before where the encoder can't take them as they are. Private; it fills the role {@code encoder}.
 */
package io.levada.encoder.ffmpeg;
