/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.test;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.ffmpeg.CodecParameters;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Packets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** A file read packet by packet, without pace or loop. One thread. */
public final class MediaFile implements AutoCloseable {

    private final AVFormatContext context = new AVFormatContext(null);
    private final AVPacket packet = av_packet_alloc();
    private final List<PacketFormat> formats = new ArrayList<>();

    private MediaFile(Path file) {
        int error = avformat_open_input(context, file.toString(), (AVInputFormat) null, (AVDictionary) null);
        assertTrue(error >= 0, () -> "can't open " + file + ": " + error);
        assertTrue(avformat_find_stream_info(context, (AVDictionary) null) >= 0);
        for (int i = 0; i < context.nb_streams(); i++) {
            var stream = context.streams(i);
            formats.add(CodecParameters.format(stream, Formats.timeBase(stream.time_base())));
        }
    }

    public static MediaFile open(Path file) {
        return new MediaFile(file);
    }

    /** The formats of its streams. */
    public List<PacketFormat> formats() {
        return formats;
    }

    /** The number of the first stream of a kind. */
    public int first(MediaKind kind) {
        for (int i = 0; i < formats.size(); i++) {
            if (formats.get(i).kind() == kind) {
                return i;
            }
        }
        throw new AssertionError("no " + kind.word());
    }

    /** The next packet of a stream, which the caller releases; null at the end. */
    public Packet next(int stream) {
        while (av_read_frame(context, packet) >= 0) {
            if (packet.stream_index() == stream) {
                return Packets.sample(packet, stamp(stream, packet.pts()));
            }
            org.bytedeco.ffmpeg.global.avcodec.av_packet_unref(packet);
        }
        return null;
    }

    private Stamp stamp(int stream, long pts) {
        return Stamp.of(
                "test/file:" + stream, 0, pts, formats.get(stream).timeBase().toNanos(pts), System.nanoTime(), 0);
    }

    @Override
    public void close() {
        avformat_close_input(context);
        av_packet_free(packet);
    }
}
