/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;

import io.levada.api.media.HostMemory;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.ffmpeg.CodecParameters;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Packets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** A media file read in a loop on one time line, as the source stage does it. */
final class Clip implements AutoCloseable {

    /** A packet and the number of its track. */
    record Read(int track, Packet packet, long time) {}

    /** Rounds begin at multiples of it: sound begins a little before zero, and pictures keep their rhythm. */
    private static final long ROUND = 200_000_000;

    private final Path file;
    private final List<PacketFormat> formats = new ArrayList<>();
    private final AVPacket packet = av_packet_alloc();
    private AVFormatContext context;
    private int epoch;
    private long offset;
    private long end;
    private long time;

    Clip(Path file) {
        this.file = file;
        open();
        for (int i = 0; i < context.nb_streams(); i++) {
            var stream = context.streams(i);
            formats.add(CodecParameters.format(stream, Formats.timeBase(stream.time_base())));
        }
    }

    private void open() {
        context = new AVFormatContext(null);
        check(avformat_open_input(context, file.toString(), (AVInputFormat) null, (AVDictionary) null));
        check(avformat_find_stream_info(context, (AVDictionary) null));
    }

    private static void check(int error) {
        if (error < 0) {
            throw new AssertionError("libav says " + error);
        }
    }

    List<PacketFormat> formats() {
        return formats;
    }

    /** The next packet, the caller's to release; at the file's end it begins again, later. */
    Read next() {
        return once().orElseGet(() -> {
            again();
            return once().orElseThrow();
        });
    }

    private void again() {
        avformat_close_input(context);
        open();
        epoch++;
        offset = (end / ROUND + 1) * ROUND;
    }

    /** The next packet, if there is one in this round. */
    Optional<Read> once() {
        if (av_read_frame(context, packet) < 0) {
            return Optional.empty();
        }
        int track = packet.stream_index();
        var base = formats.get(track).timeBase();
        long start = Math.max(0, context.start_time()) * 1000;
        long shift = base.fromNanos(offset - start);
        boolean decodable = packet.dts() != Packet.NO_TIME;
        packet.pts(packet.pts() + shift);
        packet.dts(decodable ? packet.dts() + shift : Packet.NO_TIME);
        if (decodable) {
            time = Math.max(time, base.toNanos(packet.dts()));
        }
        end = Math.max(end, base.toNanos(packet.pts() + packet.duration()));
        var now = Instant.now();
        long wall = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        var stamp = Stamp.of("test/clip:" + track, epoch, packet.pts(), time, System.nanoTime(), wall);
        var sample = Packets.sample(packet, stamp);
        // The harness tells memories by their identity; native ones are recycled, between clips on other threads too.
        var copy = HostMemory.allocate((int) sample.size());
        copy.writable(0).put(0, sample.data(), 0, (int) sample.size());
        var read = new Read(track, sample.toBuilder().memory(copy).build(), time);
        sample.release();
        return Optional.of(read);
    }

    @Override
    public void close() {
        avformat_close_input(context);
        av_packet_free(packet);
    }
}
