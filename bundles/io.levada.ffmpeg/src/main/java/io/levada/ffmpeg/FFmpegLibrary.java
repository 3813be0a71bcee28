/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_version;
import static org.bytedeco.ffmpeg.global.avformat.avformat_network_init;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_version_info;
import static org.bytedeco.ffmpeg.global.avutil.avutil_configuration;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FFmpeg's libraries, loaded when the first stage needs them. When the bundle stops, libav is left without a way back into
 * it: nothing native may call a class loader that is gone.
 */
@Component(
        service = {},
        immediate = true)
public final class FFmpegLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(FFmpegLibrary.class);

    /** A line may come in pieces; longer ones than this are not waited for. */
    private static final int LONGEST_LINE = 4096;

    /** Strongly held for good: a thread of libav's may be within it while libav is told of another. */
    private static LogCallback callback;

    private static boolean listening;

    /** Loads the libraries and takes over FFmpeg's log, once; afterwards only follows the node's log level. */
    static synchronized void load() {
        if (!listening) {
            listening = true;
            callback = callback == null ? new Lines() : callback;
            setLogCallback(callback);
            avformat_network_init();
            LOG.info("FFmpeg {} (libavcodec {})", version(), avcodec_version() >> 16);
            LOG.debug("FFmpeg was configured with {}", avutil_configuration().getString());
        }
        av_log_set_level(FFmpegLog.wanted());
    }

    /** Such as {@code 8.0.1}; loads FFmpeg. */
    public static String version() {
        return av_version_info().getString();
    }

    @Deactivate
    static synchronized void unload() {
        if (listening) {
            listening = false;
            avutil.av_log_set_callback(avutil.av_log_default_callback());
            PacketMemory.trim();
            FrameMemory.trim();
        }
    }

    private static final class Lines extends LogCallback {

        private final ThreadLocal<StringBuilder> pieces = ThreadLocal.withInitial(StringBuilder::new);

        /** Called by libav on any thread; nothing may be thrown into it. */
        @Override
        public void call(int level, BytePointer message) {
            try {
                var line = pieces.get().append(message.getString());
                if (line.length() > 0 && (line.charAt(line.length() - 1) == '\n' || line.length() > LONGEST_LINE)) {
                    var whole = line.toString();
                    line.setLength(0);
                    FFmpegLog.line(level, whole);
                }
            } catch (RuntimeException e) {
                LOG.error("a message of FFmpeg was lost", e);
            }
        }
    }
}
