/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_QCELP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.CodecParameters;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Interrupts;
import io.levada.ffmpeg.Options;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** An open file or URL: an AVFormatContext for reading. For one thread; all that can wait is bounded by {@link Interrupts}. */
final class Demuxer implements AutoCloseable {

    /** How much of the content is looked at to learn its streams, in microseconds of it. */
    private static final long ANALYZE_MICROS = 5_000_000;

    /** What takes longer to come than this was not there already. */
    private static final long WAITED_NANOS = 5_000_000;

    private static final int MOST_BACKLOG = 2000;
    private static final long LONGEST_BACKLOG_MICROS = 15_000_000;

    /** Demuxers whose packets libavformat takes out of RTP. */
    private static final Set<String> RTP = Set.of("rtsp", "sdp", "rtp");

    /**
     * Of malformed packets of these the depacketisers of FFmpeg 8.0.1 write where nothing is theirs (rtpdec_av1.c, for a
     * temporal delimiter among OBUs), or never return (rtpdec_qcelp.c).
     */
    private static final Set<Integer> UNSAFE_RTP = Set.of(AV_CODEC_ID_AV1, AV_CODEC_ID_QCELP);

    private final Interrupts interrupts;
    private final long readTimeout;
    private final boolean pushed;
    private final AVFormatContext context;
    private final AVPacket next = av_packet_alloc();
    private boolean nextHeld;
    private long originMicros;
    /** A peer's packets that came before anybody was ready for them, and how long before the newest the content began. */
    private final ArrayDeque<AVPacket> backlog = new ArrayDeque<>();

    private long backlogMicros;

    private Demuxer(Settings settings, Interrupts interrupts, AVFormatContext context) {
        this.interrupts = interrupts;
        this.readTimeout = settings.readTimeout();
        this.pushed = settings.location().pushed();
        this.context = context;
    }

    /**
     * Opens the content, learns its streams and goes to the start.
     *
     * @throws StageException that says what is wrong with the content, the peer or a parameter
     */
    static Demuxer open(Settings settings, Interrupts interrupts, BooleanSupplier told, FFmpegLog log)
            throws StageException {
        settings.location().check();
        boolean opened = false;
        log.trying();
        try (var options = options(settings)) {
            var format = format(settings);
            var context = avformat_alloc_context();
            if (context == null) {
                throw new OutOfMemoryError("avformat_alloc_context");
            }
            interrupts.into(context.interrupt_callback());
            interrupts.deadline(settings.connectTimeout());
            int error = avformat_open_input(context, settings.location().url(), format, options.dictionary());
            if (error < 0) {
                throw Failures.ofOpening(settings, error, late(error, interrupts, told), log.said());
            }
            var demuxer = new Demuxer(settings, interrupts, context);
            try {
                options.requireAllTaken("ffmpeg.", context);
                demuxer.requireSafe(settings);
                demuxer.learn(settings, told, log);
                demuxer.seek(settings);
                demuxer.catchUp();
                opened = true;
            } finally {
                if (!opened) {
                    demuxer.close();
                }
            }
            return demuxer;
        } finally {
            log.tried(opened);
        }
    }

    private static boolean late(int error, Interrupts interrupts, BooleanSupplier told) {
        return interrupts.expired() || error == AVERROR_EXIT && !told.getAsBoolean();
    }

    private static Options options(Settings settings) {
        var options = Options.of(settings.options());
        if (!settings.options().containsKey("analyzeduration")) {
            options.put("analyzeduration", Long.toString(ANALYZE_MICROS));
        }
        if (!settings.location().pushed() && !settings.options().containsKey("fflags")) {
            options.put("fflags", "+genpts");
        }
        boolean rtsp = settings.location().scheme().startsWith("rtsp");
        if (rtsp
                && !settings.options().containsKey("rtsp_transport")
                && !settings.options().containsKey("rtsp_flags")) {
            options.put("rtsp_flags", "prefer_tcp");
        }
        return options;
    }

    private static AVInputFormat format(Settings settings) throws StageException {
        if (settings.format().isEmpty()) {
            return null;
        }
        var format = av_find_input_format(settings.format());
        if (format == null) {
            throw Failures.unknownFormat(settings.format());
        }
        return format;
    }

    /** Before libavformat sees the first packet. */
    private void requireSafe(Settings settings) throws StageException {
        if (!RTP.contains(container())) {
            return;
        }
        for (int i = 0; i < streams(); i++) {
            int codec = context.streams(i).codecpar().codec_id();
            if (UNSAFE_RTP.contains(codec)) {
                throw Failures.unsafe(settings, avcodec_get_name(codec).getString());
            }
        }
    }

    private void learn(Settings settings, BooleanSupplier told, FFmpegLog log) throws StageException {
        interrupts.deadline(readTimeout + ANALYZE_MICROS * 1000);
        int error = avformat_find_stream_info(context, (PointerPointer<?>) null);
        if (error < 0) {
            throw Failures.ofOpening(settings, error, late(error, interrupts, told), log.said());
        }
        originMicros = context.start_time() == AV_NOPTS_VALUE ? 0 : context.start_time();
        for (int i = 0; i < streams(); i++) {
            if (kind(i).isEmpty()) {
                context.streams(i).discard(AVDISCARD_ALL);
            }
        }
    }

    /** Goes to the keyframe at or before the start; the first packet there is the new origin. */
    private void seek(Settings settings) throws StageException {
        if (settings.start() == 0) {
            return;
        }
        long micros = settings.start() / 1000;
        if (context.duration() > 0 && micros >= context.duration()) {
            throw Failures.startBehindEnd(settings, context.duration());
        }
        long target = originMicros + micros;
        interrupts.deadline(readTimeout);
        int error = avformat_seek_file(context, -1, Long.MIN_VALUE, target, target, 0);
        if (error < 0) {
            throw Failures.notSeekable(settings, error);
        }
        error = readFrame(next);
        if (error < 0) {
            throw Failures.notSeekable(settings, error);
        }
        nextHeld = true;
        var timeBase = Formats.timeBase(context.streams(next.stream_index()).time_base());
        long time = next.pts() == Sample.NO_TIME ? next.dts() : next.pts();
        originMicros = time == Sample.NO_TIME ? target : timeBase.rescaleTo(TimeBase.MICROS, time);
    }

    /** Reads what a peer sent while its streams were learnt, and the cached pictures that some begin with. */
    private void catchUp() {
        boolean more = pushed;
        while (more) {
            var packet = av_packet_alloc();
            long asked = System.nanoTime();
            if (readFrame(packet) < 0) { // it is told again
                av_packet_free(packet);
                return;
            }
            boolean waited = System.nanoTime() - asked > WAITED_NANOS;
            backlog.add(packet);
            long time = packet.dts() == Sample.NO_TIME ? packet.pts() : packet.dts();
            if (time != Sample.NO_TIME) {
                var timeBase =
                        Formats.timeBase(context.streams(packet.stream_index()).time_base());
                backlogMicros = Math.max(backlogMicros, timeBase.rescaleTo(TimeBase.MICROS, time) - originMicros);
            }
            more = !waited && backlog.size() < MOST_BACKLOG && backlogMicros < LONGEST_BACKLOG_MICROS;
        }
    }

    /** How old the beginning of the content was when it was opened, nanoseconds. */
    long age() {
        return Math.min(backlogMicros, LONGEST_BACKLOG_MICROS) * 1000;
    }

    /**
     * Reads the next packet into a blank one. A damaged packet behind which nothing comes is what a cut left of one, and is
     * left out; a peer's is not held back for that.
     *
     * @return 0 or libav's error, AVERROR_EOF at the end
     */
    int read(AVPacket into) {
        int error = 0;
        if (nextHeld) {
            nextHeld = false;
            av_packet_move_ref(into, next);
        } else if (!backlog.isEmpty()) {
            var packet = backlog.remove();
            av_packet_move_ref(into, packet);
            av_packet_free(packet);
        } else {
            error = readFrame(into);
        }
        if (error != 0 || pushed || (into.flags() & AV_PKT_FLAG_CORRUPT) == 0) {
            return error;
        }
        error = readFrame(next);
        nextHeld = error == 0;
        if (nextHeld || again(error)) {
            return 0;
        }
        av_packet_unref(into);
        return error;
    }

    private int readFrame(AVPacket into) {
        interrupts.deadline(readTimeout);
        return av_read_frame(context, into);
    }

    /** Whether reading again can do. */
    static boolean again(int error) {
        return error == avutil.AVERROR_EAGAIN();
    }

    /** How many streams there are so far; some containers show them when their packets come. */
    int streams() {
        return context.nb_streams();
    }

    /** What a stream carries; empty for what is not played: cover pictures, unknown codecs, streams without parameters. */
    Optional<MediaKind> kind(int index) {
        var stream = context.streams(index);
        var parameters = stream.codecpar();
        if (parameters.codec_id() == AV_CODEC_ID_NONE
                || (stream.disposition() & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0) {
            return Optional.empty();
        }
        int type = parameters.codec_type();
        if (type == AVMEDIA_TYPE_VIDEO) {
            return parameters.width() > 0 ? Optional.of(MediaKind.VIDEO) : Optional.empty();
        }
        if (type == AVMEDIA_TYPE_AUDIO) {
            return parameters.sample_rate() > 0 ? Optional.of(MediaKind.AUDIO) : Optional.empty();
        }
        return type == AVMEDIA_TYPE_SUBTITLE
                ? Optional.of(MediaKind.SUBTITLE)
                : type == AVMEDIA_TYPE_DATA ? Optional.of(MediaKind.DATA) : Optional.empty();
    }

    /** The format of a stream's packets; their times are the stream's own. */
    PacketFormat format(int index) {
        var stream = context.streams(index);
        return CodecParameters.format(stream, Formats.timeBase(stream.time_base()));
    }

    /** The format from this packet on, where the packet brings new global headers. */
    Optional<PacketFormat> changedFormat(AVPacket packet, PacketFormat format) {
        try (var size = new SizeTPointer(1)) {
            var data = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, size);
            return data == null || data.isNull() || size.get() == 0
                    ? Optional.empty()
                    : Optional.of(format.toBuilder()
                            .extradata(data.capacity(size.get()).asByteBuffer())
                            .build());
        }
    }

    /** The time that is the content's start, in a stream's ticks. */
    long origin(TimeBase timeBase) {
        return TimeBase.MICROS.rescaleTo(timeBase, originMicros);
    }

    /**
     * Nanoseconds of what is played, as the header says; 0 when it does not, or only guesses. The whole content may last
     * longer than its longest played stream: chapters, time codes, an offset at the beginning.
     */
    long duration() {
        if (context.duration() <= 0 || context.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE) {
            return 0;
        }
        long whole = context.duration() * 1000;
        long longest = 0;
        for (int i = 0; i < streams(); i++) {
            if (kind(i).isPresent()) {
                var stream = context.streams(i);
                if (stream.duration() <= 0) { // also AV_NOPTS_VALUE
                    return whole;
                }
                longest = Math.max(longest, Formats.timeBase(stream.time_base()).toNanos(stream.duration()));
            }
        }
        return Math.min(whole, longest);
    }

    /** Whether one may come into the middle of it, between keyframes. */
    boolean joinedAnywhere() {
        return pushed || clockMayJump();
    }

    /** Whether its timestamps may begin anew in the middle. */
    boolean clockMayJump() {
        return (context.iformat().flags() & AVFMT_TS_DISCONT) != 0;
    }

    /** Whether all its streams are known, as no more may appear later. */
    boolean complete() {
        return (context.ctx_flags() & AVFMTCTX_NOHEADER) == 0 || !pushed;
    }

    /** The container's name in libavformat. */
    String container() {
        return context.iformat().name().getString();
    }

    @Override
    public void close() {
        for (var packet = backlog.poll(); packet != null; packet = backlog.poll()) {
            av_packet_free(packet);
        }
        if (!next.isNull()) {
            av_packet_free(next);
            next.setNull();
        }
        if (!context.isNull()) {
            interrupts.deadline(1_000_000_000L); // for the good-bye to a peer
            avformat_close_input(context);
            context.setNull();
        }
    }
}
