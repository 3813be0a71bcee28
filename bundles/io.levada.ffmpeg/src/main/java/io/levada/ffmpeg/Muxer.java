/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_remove;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.IntPointer;

/**
 * Writes packets into a container, to a file or to Java. In this order: {@link #add} the tracks, {@link #start},
 * {@link #write}, {@link #finish}, {@link #close}. For one thread.
 *
 * <p>Bit stream filters that the container needs (Annex B for MPEG-TS, ADTS to MP4, ...) are libavformat's doing.
 */
public final class Muxer implements AutoCloseable {

    /** Tracks wait for each other for at most this long, in microseconds of content. */
    private static final long MOST_INTERLEAVING = 1_000_000;

    private static final int BUFFER = 64 * 1024;

    /** Where the bytes go. */
    @FunctionalInterface
    public interface ByteSink {

        /** Takes what lies between position and limit; the buffer is libav's and valid during the call only. */
        void write(ByteBuffer bytes);
    }

    private record Track(AVStream stream, TimeBase given, PacketFormat format, Optional<MuxerAdts> adts) {}

    private final MuxerContainer container;
    private final String target;
    private final FFmpegLog log;
    private final AVFormatContext context = new AVFormatContext(null);
    private final AVPacket packet = Objects.requireNonNull(av_packet_alloc(), "out of memory");
    private final List<Track> tracks = new ArrayList<>();
    private final Optional<Path> file;
    private final Optional<JavaIo> bytes;
    private TimeBase[] timeBases = {};
    private long[] lastDts = {};
    private boolean opened;
    private boolean started;
    private boolean finished;

    private Muxer(MuxerContainer container, String target, Path file, ByteSink sink, FFmpegLog log)
            throws StageException {
        this.container = container;
        this.target = target;
        this.log = log;
        this.file = Optional.ofNullable(file);
        int error = avformat_alloc_output_context2(context, container.format(), null, target);
        if (error < 0) {
            av_packet_free(packet);
            throw StageException.failed(FFmpegErrors.message(error, "make a muxer for " + container));
        }
        bytes = sink == null ? Optional.empty() : Optional.of(JavaIo.writing(BUFFER, sink));
        bytes.ifPresent(each -> context.pb(each.context()));
        context.max_interleave_delta(MOST_INTERLEAVING);
        log.covers(context);
    }

    /**
     * Into a file, which {@link #start} opens (and overwrites: it is the caller who makes sure that it may).
     */
    public static Muxer toFile(MuxerContainer container, Path file, FFmpegLog log) throws StageException {
        return new Muxer(container, file.toString(), file, null, log);
    }

    /** To Java, without going back to what was written. */
    public static Muxer toBytes(MuxerContainer container, ByteSink sink, FFmpegLog log) throws StageException {
        return new Muxer(container, "", null, sink, log);
    }

    /**
     * Adds a track.
     *
     * @return its number for {@link #write}
     * @throws StageException of kind INVALID when the container can't hold it
     */
    public int add(PacketFormat format) throws StageException {
        container.require(format);
        var stream = avformat_new_stream(context, null);
        if (stream == null) {
            throw new OutOfMemoryError("avformat_new_stream");
        }
        CodecParameters.fill(format, stream);
        var parameters = stream.codecpar();
        parameters.codec_tag(container.tag(parameters.codec_id(), parameters.codec_tag(), format.codec()));
        boolean raw = format.codec().equals("aac") && container.rawAac();
        tracks.add(new Track(stream, format.timeBase(), format, raw ? Optional.of(new MuxerAdts()) : Optional.empty()));
        return tracks.size() - 1;
    }

    /**
     * Opens the file and writes the header.
     *
     * @param options of the muxer, set by the stage
     * @param extras the user's, which must all be known
     */
    public void start(Map<String, String> options, Map<String, String> extras) throws StageException {
        boolean done = false;
        log.trying();
        try {
            begin(options, extras);
            done = true;
        } finally {
            log.tried(done);
        }
    }

    private void begin(Map<String, String> options, Map<String, String> extras) throws StageException {
        if (file.isPresent() && !container.opensItself()) {
            var output = new AVIOContext(null);
            int error = avio_open2(output, target, AVIO_FLAG_WRITE, context.interrupt_callback(), (AVDictionary) null);
            if (error < 0) {
                throw writing(error);
            }
            context.pb(output);
            opened = true;
        }
        try (var all = Options.of(options)) {
            extras.forEach(all::put);
            int error = avformat_write_header(context, all.dictionary());
            if (error < 0) {
                throw refused(error);
            }
            started = true;
            all.requireAllTaken("ffmpeg.", context);
        }
        bytes.ifPresent(JavaIo::rethrow);
        timeBases = tracks.stream()
                .map(track -> Formats.timeBase(track.stream().time_base()))
                .toArray(TimeBase[]::new);
        lastDts = new long[timeBases.length];
        Arrays.fill(lastDts, Long.MIN_VALUE);
    }

    private StageException refused(int error) {
        String said = log.said();
        var codecs = tracks.stream().map(track -> track.format().codec()).toList();
        if (file.isPresent()
                && context.pb() != null
                && !context.pb().isNull()
                && context.pb().error() < 0) {
            return writing(context.pb().error());
        }
        return StageException.invalid(FFmpegErrors.message(
                        error, "write a " + container + " with " + String.join(" and ", codecs), said))
                .remedy("take another container or codec");
    }

    /**
     * Writes a packet; its times are in its track's ticks.
     *
     * @param shift added to the packet's times, in the same ticks
     * @param interleave whether libavformat puts the tracks in order; if not, the caller has
     */
    public void write(int track, Packet sample, long shift, boolean interleave) throws StageException {
        Packets.reference(sample, packet);
        try {
            times(track, sample, shift);
            var adts = tracks.get(track).adts();
            if (adts.isPresent()) {
                adts.get().strip(packet, tracks.get(track).stream().codecpar());
            }
            if (packet.side_data_elems() > 0) {
                forgetExtradata();
            }
            packet.stream_index(track);
            int error = interleave ? av_interleaved_write_frame(context, packet) : av_write_frame(context, packet);
            bytes.ifPresent(JavaIo::rethrow);
            if (error < 0) {
                throw writing(error);
            }
        } catch (StageException e) {
            throw passing(e);
        } finally {
            av_packet_unref(packet);
        }
    }

    /** In mid-recording nothing is broken for good: the next packet may be sound, the disk back. */
    private static StageException passing(StageException error) {
        return error.kind() == StageException.Kind.FAILED
                ? StageException.retry(error.getMessage()).parameter("path").because(error)
                : error;
    }

    /** A change of format begins another file; muxers that see it in the packet, too, would write over their headers. */
    private void forgetExtradata() {
        try (var count = new IntPointer(1)) {
            count.put(packet.side_data_elems());
            av_packet_side_data_remove(packet.side_data(), count, AV_PKT_DATA_NEW_EXTRADATA);
            packet.side_data_elems(count.get());
        }
    }

    /** In the container's own ticks, decoding times rising also where those are coarser than the track's. */
    private void times(int track, Packet sample, long shift) {
        var given = tracks.get(track).given();
        var to = timeBases[track];
        long pts = sample.pts() == Sample.NO_TIME ? sample.dts() : sample.pts();
        long dts = sample.dts() == Sample.NO_TIME ? pts : sample.dts();
        if (pts == Sample.NO_TIME) {
            return;
        }
        long decoded = given.rescaleTo(to, dts + shift);
        if (decoded <= lastDts[track]) {
            decoded = lastDts[track] + 1;
        }
        lastDts[track] = decoded;
        packet.dts(decoded);
        packet.pts(Math.max(decoded, given.rescaleTo(to, pts + shift)));
        packet.duration(given.rescaleTo(to, sample.duration()));
    }

    /** Sets one of the muxer's own options while it is at work. */
    public void option(String name, String value) throws StageException {
        FFmpegErrors.check(av_opt_set(context.priv_data(), name, value, 0), "set " + name + " of " + container);
    }

    /** Writes out what the muxer and the operating system's interface hold back: ends a fragment or cluster. */
    public void flush() throws StageException {
        int error = av_write_frame(context, null);
        if (error >= 0) {
            avio_flush(context.pb());
            error = context.pb().error();
        }
        bytes.ifPresent(JavaIo::rethrow);
        if (error < 0) {
            throw writing(error);
        }
    }

    /** Bytes written so far; 0 where the muxer writes its files itself. */
    public long written() {
        var output = context.pb();
        return output == null || output.isNull() ? 0 : Math.max(output.bytes_written(), avio_tell(output));
    }

    /** Writes what is held and the index. Nothing can be written after it. */
    public void finish() throws StageException {
        if (!started || finished) {
            return;
        }
        finished = true;
        int error = av_write_trailer(context);
        if (error >= 0 && opened) {
            avio_flush(context.pb());
            error = context.pb().error();
        }
        bytes.ifPresent(JavaIo::rethrow);
        if (error < 0) {
            throw writing(error);
        }
    }

    private StageException writing(int error) {
        if (file.isEmpty()) {
            return StageException.failed(FFmpegErrors.message(error, "mux " + container, log.said()));
        }
        return OpeningErrors.writing(error, target, log.said(), "path");
    }

    /** Frees all; without {@link #finish} the file stays as it was when a power cut had come. */
    @Override
    public void close() {
        if (context.isNull()) {
            return;
        }
        log.uncovers(context);
        if (started && !finished) {
            finished = true;
            if (opened || bytes.isPresent()) {
                context.pb().error(AVERROR_EXIT); // the trailer frees what the header allocated, and must not write
            }
            av_write_trailer(context);
        }
        if (opened) {
            avio_closep(context.pb());
            context.pb(null);
        }
        bytes.ifPresent(JavaIo::close);
        tracks.forEach(track -> track.adts().ifPresent(MuxerAdts::close));
        avformat_free_context(context);
        context.setNull();
        av_packet_free(packet);
    }
}
