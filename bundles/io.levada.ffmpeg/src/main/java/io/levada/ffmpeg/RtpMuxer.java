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
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/**
 * FFmpeg's "rtp" muxer for packets of one format, writing into memory of ours: each RTP packet comes as one call of the
 * sink. One thread at a time. Sequence numbers, SSRC and the timestamp's origin are the muxer's own; {@link RtpPacketizer}
 * replaces them.
 */
final class RtpMuxer implements AutoCloseable {

    private static final int HEADER = 12;

    /** Of one channel, in bytes: with five bits of G.726 eight samples make a whole number of bytes. */
    private static final int LARGEST_SAMPLE = 5;

    private static final int EXPERIMENTAL = -2;
    private static final Set<String> RAW = Set.of("rawvideo", "bitpacked");

    /** The packetisers look at presentation times only, while the muxer's checks want decoding times that never go back. */
    private static final long ANY_DTS = -(1L << 50);

    private final AVFormatContext context;
    private final AVPacket packet;
    private final JavaIo output;
    private final RtpMedia media;
    private final Optional<AmrFrames> amr;

    /** @param packetSize the most bytes of an RTP packet, its header included */
    RtpMuxer(PacketFormat format, int packetSize, RtpPacketizer.PacketSink sink) throws StageException {
        requireRoom(format, packetSize - HEADER);
        this.amr = AmrFrames.of(format.codec());
        this.context = context(format);
        this.packet = Objects.requireNonNull(av_packet_alloc(), "out of memory");
        this.output = JavaIo.writing(2 * packetSize, sink::packet);
        output.context().max_packet_size(packetSize);
        context.pb(output.context());
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
        requireDivisors(format);
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

    /** FFmpeg's packetisers divide by them without a look, which would end the process. */
    private static void requireDivisors(PacketFormat format) throws StageException {
        boolean sound = format.kind() != MediaKind.AUDIO || format.sampleRate() > 0 && format.channels() > 0;
        boolean picture = !RAW.contains(format.codec()) || format.width() > 0 && format.height() > 0;
        boolean bits = !format.codec().startsWith("adpcm_g726")
                || CodecDetails.number(format.details(), "bits_per_coded_sample", 0) > 0;
        if (!sound || !picture || !bits) {
            throw StageException.invalid("RTP can't carry " + format + ", of which no "
                            + (sound ? picture ? "bits per sample are" : "size is" : "rate and channels are")
                            + " known")
                    .remedy("put an encoder in between");
        }
    }

    /** Samples are not cut in two: of those that fit into no packet FFmpeg's packetiser would make empty packets for ever. */
    private static void requireRoom(PacketFormat format, int bytes) throws StageException {
        if (format.kind() == MediaKind.AUDIO && (long) LARGEST_SAMPLE * format.channels() > bytes) {
            throw StageException.invalid("RTP can't carry " + format + ", of which no sample fits into a packet")
                    .remedy("put an encoder in between");
        }
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
        if (unit.size() == 0) {
            return; // some packetisers look at the first byte all the same
        }
        if (amr.isPresent()) {
            write(unit, amr.get(), pts);
        } else {
            Packets.reference(unit, packet);
            write(pts);
        }
    }

    private void write(Packet unit, AmrFrames frames, long pts) throws StageException {
        var data = unit.data().slice();
        long time = pts;
        for (int at = 0, length; (length = frames.length(data, at)) > 0; at += length) {
            Packets.reference(unit, packet);
            packet.data(new BytePointer(packet.data()).position(at)).size(length);
            write(time);
            time += frames.duration;
        }
    }

    /** Writes bytes of the caller's, in the bit stream syntax of the format. */
    void write(BytePointer bytes, long pts) throws StageException {
        packet.data(bytes).size(Math.toIntExact(bytes.limit()));
        write(pts);
    }

    private void write(long pts) throws StageException {
        packet.stream_index(0);
        packet.pts(pts).dts(ANY_DTS).duration(0);
        int error = av_write_frame(context, packet);
        av_packet_unref(packet);
        output.rethrow();
        if (error < 0) {
            throw StageException.failed("a packet can't be packetised (FFmpeg: " + FFmpegErrors.text(error) + ")");
        }
    }

    @Override
    public void close() {
        output.context().error(AVERROR_EXIT); // the trailer frees what the header allocated, and must not write
        av_write_trailer(context);
        free();
    }

    private void free() {
        av_packet_free(packet);
        output.close();
        avformat_free_context(context);
    }
}
