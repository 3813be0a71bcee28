/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.file;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.stage.Input;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.MuxerContainer;
import io.levada.ffmpeg.MuxerTracks;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Records tracks to files. A file begins at a keyframe of the leading track (the first video, else the first audio) and is
 * followed by the next one at such a keyframe: when it is long or big enough, and when a format has changed.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "muxer.file", accepts = "packet", many = true, extras = "ffmpeg.", work = Work.BLOCKING)
@Designate(ocd = FileMuxer.Config.class)
public final class FileMuxer implements Sink<Packet> {

    @ObjectClassDefinition(
            name = "File muxer",
            description =
                    "Records packets to files, in every container that FFmpeg writes. A file stays playable when the"
                            + " node is killed, where the container allows it. Options of FFmpeg's muxers are given as ffmpeg.KEY.")
    public @interface Config {

        @AttributeDefinition(
                description =
                        "The file, relative to the node's home; its ending chooses the container. In it %Y %m %d %H %M %S"
                                + " are the first packet's time, %n counts the files, %p and %s are pipeline and stage")
        String path();

        @AttributeDefinition(
                description = "The container by FFmpeg's name (mp4, matroska, mpegts, ...); the ending's when empty")
        String format() default "";

        @AttributeDefinition(
                description = "Begin a new file at the first keyframe after so long, such as 10 min; 0 for never")
        String segment() default "0";

        @AttributeDefinition(
                description = "Begin a new file at the first keyframe after so many bytes, such as 100 MB; 0 for never")
        String segment$_$size() default "0";

        @AttributeDefinition(
                description =
                        "Replace a file that has the name already; otherwise the new one is called name-2 and so on")
        boolean overwrite() default false;
    }

    /** How many packets go by between two looks at the figures; a power of two. */
    private static final int FIGURES_EVERY = 16;

    private StageContext context;
    private Config config;
    private FFmpegLog log;
    private MuxerContainer container;
    private FileName name;
    private long segment;
    private long segmentSize;
    private Map<String, String> extras;

    private final MuxerTracks tracks = new MuxerTracks();
    private Recording recording;
    private boolean again;
    private volatile long bytes;
    private volatile long files;
    private volatile long length;
    private long bytesBefore;
    private int packets;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        // a fragmented MP4 has no edit list until it is closed, and then it gets one
        log.expect(
                "No meaningful edit list will be written",
                "Track 0 starts with a nonzero dts",
                "Track 1 starts with a nonzero dts");
        config = context.config(Config.class);
        var path = FileName.local(config.path());
        container = config.format().isBlank()
                ? MuxerContainer.of(path, "path")
                : MuxerContainer.named(config.format(), "format");
        name = FileName.of(path, container.opensItself(), context, ZoneId.systemDefault());
        segment = Quantity.nanos("segment", config.segment());
        segmentSize = Quantity.bytes("segment-size", config.segment$_$size());
        extras = context.extras("ffmpeg.");
        context.gauge("bytes", () -> bytes);
        context.gauge("files", () -> files);
        context.gauge("seconds", () -> length / 1_000_000_000L);
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        var packets = MuxerTracks.packets(format);
        boolean media = packets.kind() == MediaKind.VIDEO || packets.kind() == MediaKind.AUDIO;
        if (!media && !container.holds(packets)) {
            context.warn(container + " can't hold " + packets.codec() + "; " + input.name() + " is not recorded");
            return;
        }
        container.require(packets);
        tracks.format(input.index(), input.reference(), packets);
        if (recording != null && !recording.takes(input.index(), packets)) {
            if (input.index() == tracks.lead()) {
                finish();
            } else {
                context.inputs().get(tracks.lead()).request(Request.keyframe());
            }
        }
    }

    @Override
    public void process(Input input, Packet packet) throws StageException {
        int index = input.index();
        if (!tracks.has(index)) {
            return;
        }
        log.enter();
        try {
            tracks.learn(index, packet);
            if (recording != null && tracks.starts(index, packet) && due(index, packet)) {
                finish();
            }
            if (recording != null) {
                write(index, packet);
            } else if (tracks.await(index, packet)) {
                begin();
            }
        } catch (StageException | RuntimeException e) {
            abandon();
            throw e;
        } finally {
            log.exit();
        }
    }

    private boolean due(int index, Packet packet) {
        return segment > 0 && recording.lengthAt(tracks.nanos(index, packet)) >= segment
                || segmentSize > 0 && recording.bytes() >= segmentSize
                || !recording.holds(tracks);
    }

    private void begin() throws StageException {
        var first = tracks.first();
        var captured = Instant.ofEpochSecond(0, first.packet().stamp().captureTime());
        var file = name.make(captured, (int) files + 1, config.overwrite(), !container.opensItself());
        long origin = tracks.nanos(first.input(), first.packet());
        recording = new Recording(file, container, tracks, origin, !again, extras, log);
        again = true;
        files++;
        while (tracks.waiting()) {
            var next = tracks.take();
            try {
                write(next.input(), next.packet());
            } finally {
                next.packet().release();
            }
        }
    }

    private void write(int index, Packet packet) throws StageException {
        if (recording.takes(index, tracks.format(index))) {
            recording.write(index, packet);
            if ((++packets & FIGURES_EVERY - 1) == 0) {
                bytes = bytesBefore + recording.bytes();
                length = recording.length();
            }
        }
    }

    private void finish() throws StageException {
        var finished = recording;
        recording = null;
        if (finished != null) {
            bytesBefore += finished.finish();
            bytes = bytesBefore;
            length = 0;
        }
    }

    /** After an error: what was written so far stays. */
    private void abandon() {
        tracks.clear();
        if (recording != null) {
            recording.discard();
            recording = null;
        }
    }

    /** What waits for headers that have not come is forgotten with the epoch. */
    @Override
    public void flush() {
        tracks.clear();
    }

    /** Ends the file; what comes later begins another one. */
    @Override
    public void drain() throws StageException {
        log.enter();
        try {
            if (tracks.waiting()) {
                begin();
            }
            finish();
        } finally {
            log.exit();
        }
    }

    @Override
    public void close() throws StageException {
        if (log == null) {
            return;
        }
        log.enter();
        try {
            tracks.clear();
            finish();
        } finally {
            log.exit();
            log.close();
        }
    }
}
