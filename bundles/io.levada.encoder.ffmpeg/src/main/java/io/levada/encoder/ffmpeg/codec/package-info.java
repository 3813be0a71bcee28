/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Encoding by libavcodec, whatever encodes: settings, codecs, frames in and packets out. It knows no stage's parameters;
 * {@code encoder.nvenc} carries a copy of it.
 */
package io.levada.encoder.ffmpeg.codec;
