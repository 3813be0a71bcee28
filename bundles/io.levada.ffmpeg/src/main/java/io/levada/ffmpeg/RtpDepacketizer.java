/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Makes access units of one track's RTP packets by FFmpeg's depacketisers, which take them from libavformat's SDP demuxer.
 *
 * <p>A picture is out with its last packet. libavformat itself would find its end with the beginning of the next one, and
 * hold each picture for as long as it lasts; so its parsers are off, pictures are put together here by the marker bit (RFC
 * 3550, 5.1), and a parser of whole pictures only says what they are. The first one is a keyframe: what comes before it is
 * left out. Packets have to come in their order. What has more than 16 MiB of one timestamp is left out.
 *
 * <p>For one thread; close it.
 */
public final class RtpDepacketizer implements AutoCloseable {

    /** Where access units go. */
    @FunctionalInterface
    public interface UnitSink {

        /**
         * A whole access unit, lent for the call; its data may be moved out. Its times are RTP timestamps, made 64 bits long:
         * they rise beyond 2^32.
         */
        void unit(AVPacket unit);
    }

    /** What libavformat reads of a description. */
    private static final int LONGEST_DESCRIPTION = 16_000;

    /** A sender that never ends a picture, nor begins another, must not fill the memory. */
    private static final long LARGEST_UNIT = 16 << 20;

    private static final int HEADER = 12;
    private static final int MARKER_AND_TYPE = 1;
    private static final int SEQUENCE = 2;
    private static final int TIMESTAMP = 4;

    /** A usual AAC access unit, until two packets have told. */
    private static final long USUAL_AUDIO_TICKS = 1024;

    private static final int PICTURES_A_SECOND = 50;

    private final UnitSink sink;
    private final RtpInput input;
    private final AVPacket piece = av_packet_alloc();
    private final AVPacket unit = av_packet_alloc();
    private final AVFormatContext context;
    private final MediaKind kind;
    private final TimeBase timeBase;
    private final UnitParser parser;
    private final InBandParameterSets parameterSets;
    /** In place of FFmpeg's depacketiser, if the pictures are AV1. */
    private final Optional<Av1Payloads> av1;

    private Optional<DecodingTimes> decodingTimes = Optional.empty();

    private boolean begun;
    private int sequence;
    private long timestamp;
    private long unitTime;
    /** Of packets with the same timestamp; pieces of a unit are kept here and by libavformat, until another one comes. */
    private long unitBytes;

    private boolean damaged;
    private long audioTicks = USUAL_AUDIO_TICKS;
    private int audioUnits;
    private boolean heard;

    /**
     * @param description SDP with the one medium that the packets are of
     * @throws StageException when FFmpeg does not understand it or has no depacketiser for the codec
     */
    public RtpDepacketizer(String description, UnitSink sink) throws StageException {
        var bytes = description.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_DESCRIPTION) {
            throw StageException.failed("its description has more than " + LONGEST_DESCRIPTION + " bytes");
        }
        FFmpegLibrary.load(); // else libav writes of what strangers send to standard error
        this.sink = sink;
        this.input = new RtpInput(bytes);
        var opened = input.open(description.contains("m=video"));
        if (opened.isEmpty()) {
            free();
            throw StageException.failed("FFmpeg does not understand its description");
        }
        this.context = opened.get();
        var parameters = context.streams(0).codecpar();
        if (parameters.codec_id() == AV_CODEC_ID_NONE || context.nb_streams() != 1) {
            avformat_close_input(context);
            free();
            throw StageException.failed("FFmpeg takes no RTP of its codec apart");
        }
        this.kind = parameters.codec_type() == AVMEDIA_TYPE_VIDEO
                ? MediaKind.VIDEO
                : parameters.codec_type() == AVMEDIA_TYPE_AUDIO ? MediaKind.AUDIO : MediaKind.DATA;
        this.timeBase = Formats.timeBase(context.streams(0).time_base());
        this.av1 = parameters.codec_id() == AV_CODEC_ID_AV1 ? Optional.of(new Av1Payloads()) : Optional.empty();
        this.parser = new UnitParser(parameters);
        this.parameterSets = new InBandParameterSets(parameters);
    }

    public MediaKind kind() {
        return kind;
    }

    /** Of the units' times. */
    public TimeBase timeBase() {
        return timeBase;
    }

    /** What units look like, as far as the description and the units so far tell. */
    public PacketFormat format() {
        return CodecParameters.format(context.streams(0), timeBase);
    }

    /** Takes the next RTP packet (RFC 3550, 5.1), between position and limit; what is none is left out. */
    public void take(ByteBuffer packet) {
        int start = packet.position();
        if (packet.remaining() < HEADER || (packet.get(start) & 0xc0) != 0x80) {
            return;
        }
        int number = packet.getShort(start + SEQUENCE) & 0xffff;
        int time = packet.getInt(start + TIMESTAMP);
        boolean marker = packet.get(start + MARKER_AND_TYPE) < 0;
        if (!begun) {
            timestamp = Integer.toUnsignedLong(time);
        } else if (number != (sequence + 1 & 0xffff)) {
            damaged();
        }
        sequence = number;
        long now = timestamp + (time - (int) timestamp);
        unitBytes = packet.remaining() + (begun && now == timestamp ? unitBytes : 0);
        if (unitBytes > LARGEST_UNIT) {
            av_packet_unref(unit);
            damaged();
            return;
        }
        if (kind == MediaKind.AUDIO) {
            audio(packet, now);
        } else {
            picture(packet, now, marker);
        }
        begun = true;
    }

    /** What was begun and is not complete does not go on. */
    private void damaged() {
        damaged = true;
        av1.ifPresent(Av1Payloads::forget);
    }

    private void picture(ByteBuffer packet, long now, boolean marker) {
        if (now != unitTime) {
            emit(); // its marker was lost, or never set
        }
        timestamp = now;
        if (av1.isPresent()) {
            unitTime = now;
            damaged |= !av1.get().take(packet, unit);
        } else {
            input.offer(packet);
            while (av_read_frame(context, piece) >= 0) {
                unitTime = now;
                append();
            }
        }
        if (marker) {
            emit();
        }
    }

    private void append() {
        if (unit.size() == 0) {
            av_packet_move_ref(unit, piece);
            return;
        }
        int before = unit.size();
        int more = piece.size();
        if (av_grow_packet(unit, more) < 0) {
            throw new OutOfMemoryError("av_grow_packet");
        }
        Pointer.memcpy(new BytePointer(unit.data()).position(before), piece.data(), more);
        av_packet_unref(piece);
    }

    private void emit() {
        av1.ifPresent(Av1Payloads::forget);
        if (unit.size() == 0) {
            return;
        }
        boolean key = parser.keyframe(unit);
        if (key) {
            begin();
        }
        if (decodingTimes.isEmpty()) {
            av_packet_unref(unit);
            return;
        }
        unit.pts(unitTime);
        unit.dts(decodingTimes.get().of(unitTime));
        unit.flags((key ? AV_PKT_FLAG_KEY : 0) | (damaged ? AV_PKT_FLAG_CORRUPT : 0));
        unit.pts(Math.max(unit.pts(), unit.dts()));
        damaged = false;
        give(unit);
    }

    private void begin() {
        var parameters = context.streams(0).codecpar();
        boolean changed = parameterSets.update(unit, parameters);
        if (decodingTimes.isEmpty() || changed) {
            UnitParser.learn(parameters, unit);
            long step = timeBase.fromNanos(1_000_000_000L / PICTURES_A_SECOND);
            var following = new DecodingTimes(parameters.video_delay(), step);
            decodingTimes.ifPresent(following::after);
            decodingTimes = Optional.of(following);
        }
        parser.size(parameters);
    }

    private void audio(ByteBuffer packet, long now) {
        if (begun && audioUnits > 0 && now > timestamp && !damaged) {
            audioTicks = (now - timestamp) / audioUnits;
        }
        if (now != timestamp) {
            audioUnits = 0;
        }
        timestamp = now;
        damaged = false;
        input.offer(packet);
        while (av_read_frame(context, piece) >= 0) {
            if (piece.size() == 0) { // of a packet without payload: a decoder would take it for the end
                av_packet_unref(piece);
                continue;
            }
            if (!heard) {
                hear();
            }
            long time = now + audioUnits++ * audioTicks; // several units in one packet follow each other
            piece.pts(time).dts(time).duration(audioTicks);
            piece.flags(AV_PKT_FLAG_KEY);
            give(piece);
        }
    }

    /** Not all descriptions tell the rate and the channels (RFC 3551, 4.5.13). */
    private void hear() {
        var parameters = context.streams(0).codecpar();
        heard = parameters.sample_rate() > 0 && parameters.ch_layout().nb_channels() > 0;
        if (!heard) {
            UnitParser.learn(parameters, piece);
        }
    }

    private void give(AVPacket whole) {
        try {
            sink.unit(whole);
        } finally {
            av_packet_unref(whole);
        }
    }

    private void free() {
        input.close();
        av_packet_free(piece);
        av_packet_free(unit);
    }

    @Override
    public void close() {
        parser.close();
        parameterSets.close();
        avformat_close_input(context);
        free();
    }
}
