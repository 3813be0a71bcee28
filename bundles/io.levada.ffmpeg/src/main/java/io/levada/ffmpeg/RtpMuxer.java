/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * FFmpeg's "rtp" muxer for packets of one format, writing into memory of ours: each RTP packet comes as one call of the
 * sink. One thread at a time. Sequence numbers, SSRC and the timestamp's origin are the muxer's own; {@link RtpPacketizer}
 * replaces them.
 */
final class RtpMuxer implements AutoCloseable {

    /** With RTP's header and those of UDP and IP (v6) it stays below Ethernet's 1,500. */
    static final int PACKET_SIZE = 1400;

    private static final int EXPERIMENTAL = -2;

    /** One for all, never collected: JavaCPP has room for ten function pointers of a kind, and libav keeps the address. */
    private static final Writer WRITER = new Writer();

    /** Whose packets come: libav calls back on the thread that writes, before the write returns. */
    private static final ThreadLocal<RtpMuxer> WRITING = new ThreadLocal<>();

    /** The packetisers look at presentation times only, while the muxer's checks want decoding times that never go back. */
    private static final long ANY_DTS = -(1L << 50);

    private final RtpPacketizer.PacketSink sink;
    private final AVFormatContext context;
    private final AVPacket packet;
    private final BytePointer buffer;
    private final ByteBuffer written;
    private final AVIOContext output;
    private final RtpMedia media;

    private RuntimeException failure;

    RtpMuxer(PacketFormat format, RtpPacketizer.PacketSink sink) throws StageException {
        this.sink = sink;
        this.context = context(format);
        this.packet = Objects.requireNonNull(av_packet_alloc(), "out of memory");
        this.buffer = new BytePointer(av_malloc(2L * PACKET_SIZE)).capacity(2L * PACKET_SIZE);
        this.written = buffer.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        this.output = avio_alloc_context(
                buffer,
                2 * PACKET_SIZE,
                1,
                null,
                (Read_packet_Pointer_BytePointer_int) null,
                WRITER,
                (Seek_Pointer_long_int) null);
        output.max_packet_size(PACKET_SIZE);
        output.seekable(0);
        context.pb(output);
        context.flags(context.flags() | AVFMT_FLAG_CUSTOM_IO);
        context.max_delay(0); // an audio frame waits for no other
        context.avoid_negative_ts(0);
        context.strict_std_compliance(EXPERIMENTAL); // AV1 and VP9 count as such
        boolean started = false;
        try {
            var payload = RtpMedia.of(format, 0);
            header(format, payload.payloadType());
            started = true;
            media = new RtpMedia(
                    payload.kind(),
                    payload.payloadType(),
                    context.streams(0).time_base().den(),
                    payload.attributes());
        } finally {
            if (!started) {
                free();
            }
        }
    }

    /** A context of the rtp muxer with one stream of the format; the caller's to free. */
    static AVFormatContext context(PacketFormat format) throws StageException {
        var context = new AVFormatContext(null);
        int error = avformat_alloc_output_context2(context, null, "rtp", null);
        if (error < 0) {
            throw StageException.failed("no RTP muxer (FFmpeg: " + FFmpegErrors.text(error) + ")");
        }
        boolean filled = false;
        try {
            CodecParameters.fill(format, avformat_new_stream(context, null));
            filled = true;
        } finally {
            if (!filled) {
                avformat_free_context(context);
            }
        }
        return context;
    }

    private void header(PacketFormat format, int payloadType) throws StageException {
        var options = new AVDictionary(null);
        try {
            av_dict_set(options, "rtpflags", "skip_rtcp", 0); // sender reports are the server's, by the capture clock
            av_dict_set(options, "payload_type", Integer.toString(payloadType), 0);
            int error = avformat_write_header(context, options);
            if (error < 0) {
                throw unsupported(format).because(new IllegalStateException(FFmpegErrors.text(error)));
            }
        } finally {
            av_dict_free(options);
        }
    }

    static StageException unsupported(PacketFormat format) {
        return StageException.invalid("RTP can't carry " + format).remedy("put an encoder (h264, aac, ...) in between");
    }

    RtpMedia media() {
        return media;
    }

    /**
     * Writes one access unit; the sink is called before it returns (or, for audio, with the next unit).
     *
     * @param pts in ticks of the RTP clock
     */
    void write(Packet unit, long pts) throws StageException {
        Packets.reference(unit, packet);
        write(pts);
    }

    /** Writes bytes of the caller's, in the bit stream syntax of the format. */
    void write(BytePointer bytes, long pts) throws StageException {
        packet.data(bytes).size(Math.toIntExact(bytes.limit()));
        write(pts);
    }

    private void write(long pts) throws StageException {
        packet.stream_index(0);
        packet.pts(pts).dts(ANY_DTS).duration(0);
        WRITING.set(this);
        int error = av_write_frame(context, packet);
        WRITING.set(null); // not removed: that would make a new entry each time
        av_packet_unref(packet);
        if (failure != null) {
            var thrown = failure;
            failure = null;
            throw thrown;
        }
        if (error < 0) {
            throw StageException.failed("a packet can't be packetised (FFmpeg: " + FFmpegErrors.text(error) + ")");
        }
    }

    @Override
    public void close() {
        av_write_trailer(context); // frees what the header allocated
        free();
    }

    private void free() {
        av_packet_free(packet);
        av_free(output.buffer());
        avio_context_free(output);
        avformat_free_context(context);
    }

    private int written(BytePointer data, int size) {
        try {
            long offset = data.address() - buffer.address();
            if (offset < 0 || offset + size > written.capacity()) {
                throw new IllegalStateException("libav wrote from a buffer that is not ours");
            }
            written.limit((int) offset + size).position((int) offset);
            sink.packet(written);
            return size;
        } catch (RuntimeException e) {
            failure = e; // an exception must not cross libav's frames
            return AVERROR_EXTERNAL();
        }
    }

    /** Called by libav once for each RTP packet. */
    private static final class Writer extends Write_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer opaque, BytePointer data, int size) {
            var muxer = WRITING.get();
            return muxer == null ? AVERROR_EXTERNAL() : muxer.written(data, size);
        }
    }
}
