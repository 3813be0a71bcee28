/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Chunk;
import io.levada.api.media.ChunkFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Muxer;
import io.levada.ffmpeg.MuxerContainer;
import io.levada.ffmpeg.MuxerTracks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Muxes tracks into chunks that can be sent and stored as they are. A chunk begins at each keyframe of the leading track,
 * and in between when it is long enough; the initialisation chunk comes first, and again when a format has changed.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(
        value = "muxer.stream",
        accepts = "packet",
        many = true,
        emits = "chunk",
        extras = "ffmpeg.",
        work = Work.LIGHT)
@Designate(ocd = StreamMuxer.Config.class)
public final class StreamMuxer implements Transform<Packet> {

    @ObjectClassDefinition(
            name = "Stream muxer",
            description =
                    "Muxes packets into chunks for the web, storage and other processes. Options of FFmpeg's muxers are"
                            + " given as ffmpeg.KEY.")
    public @interface Config {

        @AttributeDefinition(
                description = "mp4 (fragmented), webm, mkv or ts",
                options = {@Option("mp4"), @Option("webm"), @Option("mkv"), @Option("ts")})
        String format() default "mp4";

        @AttributeDefinition(
                description =
                        "How long a chunk is at most, such as 500 ms; keyframe for one chunk from keyframe to keyframe"
                                + " (sound alone: 500 ms)")
        String fragment() default "keyframe";
    }

    private static final List<String> CONTAINERS = List.of("mp4", "webm", "mkv", "ts");
    private static final long SOUND_FRAGMENT = 500_000_000L;
    private static final TimeBase TIME = TimeBase.NANOS;

    private StageContext context;
    private FFmpegLog log;
    private MuxerContainer container;
    private long fragment;
    private Map<String, String> extras;
    private final MuxerTracks tracks = new MuxerTracks();
    private final ChunkWriter writer = new ChunkWriter();
    private Muxer muxer;

    /** The muxer's tracks, by input. */
    private PacketFormat[] muxed = {};

    private int[] numbers = {};
    private long[] shifts = {};

    /** Nanoseconds of running time that are 0 in the chunks; the same for all of this instance's headers. */
    private long origin;

    private boolean originKnown;

    private final ChunkHeader header = new ChunkHeader();
    private volatile long chunks;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        var config = context.config(Config.class);
        container = MuxerContainer.named(config.format(), "format", CONTAINERS);
        extras = context.extras("ffmpeg.");
        try {
            fragment = config.fragment().equals("keyframe") ? 0 : Quantity.nanos(config.fragment());
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage() + ", nor keyframe").parameter("fragment");
        }
        context.gauge("chunks", () -> chunks);
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        var packets = MuxerTracks.packets(format);
        boolean media = packets.kind() == MediaKind.VIDEO || packets.kind() == MediaKind.AUDIO;
        if (!media && !container.holds(packets)) {
            context.warn(container + " can't hold " + packets.codec() + "; " + input.name() + " is left out");
            return;
        }
        container.require(packets);
        tracks.format(input.index(), input.reference(), packets);
        if (muxer != null && !takes(input.index())) {
            if (input.index() == tracks.lead()) {
                endMuxer(out);
            } else {
                context.inputs().get(tracks.lead()).request(Request.keyframe());
            }
        }
    }

    private boolean takes(int input) {
        return input < muxed.length && Objects.equals(muxed[input], tracks.format(input));
    }

    @Override
    public void process(Input input, Packet packet, Output out) throws StageException {
        int index = input.index();
        if (!tracks.has(index)) {
            return;
        }
        log.enter();
        try {
            tracks.learn(index, packet);
            if (muxer != null && !tracks.same(muxed) && tracks.starts(index, packet)) {
                endMuxer(out);
            }
            if (muxer != null) {
                write(index, packet, out);
            } else if (tracks.await(index, packet)) {
                beginMuxer(out);
            }
        } finally {
            log.exit();
        }
    }

    private void beginMuxer(Output out) throws StageException {
        var first = tracks.first();
        if (!originKnown) {
            originKnown = true;
            origin = tracks.nanos(first.input(), first.packet());
        }
        muxed = tracks.formats();
        numbers = new int[muxed.length];
        shifts = new long[muxed.length];
        var made = Muxer.toBytes(container, writer, log);
        try {
            for (int i : tracks.order()) {
                numbers[i] = made.add(muxed[i]);
                shifts[i] = -muxed[i].timeBase().fromNanos(origin);
            }
            made.start(options(), extras);
        } catch (StageException | RuntimeException e) {
            made.close();
            throw e;
        }
        muxer = made;
        announce(first.packet(), first.input(), out);
        while (tracks.waiting()) {
            var next = tracks.take();
            try {
                write(next.input(), next.packet(), out);
            } finally {
                next.packet().release();
            }
        }
    }

    /** Fragments and clusters end when this stage says so, and nowhere else. */
    private Map<String, String> options() {
        if (container.mp4()) {
            return Map.of("movflags", "frag_custom+empty_moov+default_base_moof+skip_trailer", "use_editlist", "0");
        }
        return container.matroska()
                ? Map.of("live", "1", "cluster_time_limit", "3600000", "cluster_size_limit", "1073741824")
                : Map.of();
    }

    private void announce(Packet first, int index, Output out) {
        var formats =
                Arrays.stream(tracks.order()).mapToObj(input -> muxed[input]).toList();
        out.format(new ChunkFormat(container.name(), CodecStrings.mime(container.name(), formats), TIME));
        if (container.name().equals("mpegts")) {
            return; // its tables come with every chunk
        }
        long pts = presented(index, first);
        writer.take()
                .ifPresent(memory ->
                        emit(Chunk.over(memory).init(true).stamp(first.stamp()).pts(pts), out));
    }

    private void write(int index, Packet packet, Output out) throws StageException {
        if (!takes(index) || MuxerTracks.decoded(packet) + shifts[index] < 0) {
            return;
        }
        boolean starts = tracks.starts(index, packet);
        if (header.open() && starts && (tracks.video() || packet.discontinuity())) {
            cut(out);
        }
        long decoded = tracks.nanos(index, packet);
        if (!header.open()) {
            header.begin(packet.stamp(), decoded, starts);
            if (container.name().equals("mpegts")) {
                muxer.option("mpegts_flags", "+resend_headers");
            }
        }
        muxer.write(numbers[index], packet, shifts[index], false);
        if (index == tracks.lead()) {
            header.reach(
                    presented(index, packet), decoded + muxed[index].timeBase().toNanos(packet.duration()));
            long longest = fragment > 0 ? fragment : tracks.video() ? Long.MAX_VALUE : SOUND_FRAGMENT;
            if (header.duration() >= longest) {
                cut(out);
            }
        }
    }

    private long presented(int index, Packet packet) {
        return packet.pts() == Packet.NO_TIME
                ? tracks.nanos(index, packet)
                : muxed[index].timeBase().toNanos(packet.pts());
    }

    /** Ends the chunk in the making. */
    private void cut(Output out) throws StageException {
        if (header.open()) {
            muxer.flush();
            writer.take().ifPresent(memory -> emit(header.over(memory), out));
            header.end();
        }
    }

    private void emit(Chunk.Builder chunk, Output out) {
        chunks++;
        out.emit(chunk.build());
    }

    /** The rest of what is muxed goes out; the next packets get a new header. */
    private void endMuxer(Output out) throws StageException {
        try {
            cut(out);
        } finally {
            closeMuxer();
        }
    }

    private void closeMuxer() {
        header.end();
        if (muxer != null) {
            muxer.close();
            muxer = null;
        }
        writer.close();
    }

    /** A pause has no bytes in a container. */
    @Override
    public void gap(Input input, Gap gap, Output out) {}

    @Override
    public void flush() {
        tracks.clear();
        closeMuxer();
    }

    @Override
    public void drain(Output out) throws StageException {
        log.enter();
        try {
            if (muxer == null && tracks.waiting()) {
                beginMuxer(out);
            }
            if (muxer != null) {
                cut(out);
            }
        } finally {
            log.exit();
        }
    }

    @Override
    public void close() {
        tracks.clear();
        closeMuxer();
        if (log != null) {
            log.close();
        }
    }
}
