/**
 * FFmpeg for the media model: packets and frames over AVPacket and AVFrame without a copy, formats, options, errors in
 * words, FFmpeg's log in the node's log, interruptible input and output. The one bundle that loads FFmpeg's libraries; the
 * stages that use FFmpeg build on it.
 */
@Version("0.1.0")
@Export
package io.levada.ffmpeg;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
