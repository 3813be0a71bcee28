/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.file;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Muxer;
import io.levada.ffmpeg.MuxerContainer;
import io.levada.ffmpeg.MuxerTracks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One file being written. Its time begins at 0 with the decoding time of its first packet; what lies between the tracks
 * stays. Killed at any moment, it is playable up to about a second before, where the container can be.
 */
final class Recording {

    /** MP4: their index can't be written before a packet has come. */
    private static final List<String> HEADER_NEEDS_PACKETS = List.of("ac3", "eac3", "truehd");

    private final Path file;
    private final Muxer muxer;
    private final long origin;
    private final PacketFormat[] formats;
    private final int[] tracks;
    private final long[] shifts;
    private final boolean strict;
    private long reached;
    private long packets;

    /**
     * @param inputs those to record, in their present formats
     * @param origin nanoseconds of running time that become 0
     * @param strict whether to leave out what comes before the origin, for the first file; a later one loses nothing
     */
    Recording(
            Path file,
            MuxerContainer container,
            MuxerTracks inputs,
            long origin,
            boolean strict,
            Map<String, String> extras,
            FFmpegLog log)
            throws StageException {
        this.file = file;
        this.origin = origin;
        this.reached = origin;
        this.strict = strict;
        this.formats = inputs.formats();
        this.tracks = new int[formats.length];
        this.shifts = new long[formats.length];
        this.muxer = Muxer.toFile(container, file, log);
        try {
            for (int i : inputs.order()) {
                tracks[i] = muxer.add(formats[i]);
                shifts[i] = -formats[i].timeBase().fromNanos(origin);
            }
            muxer.start(crashSafe(container), extras);
        } catch (StageException | RuntimeException e) {
            discard();
            throw e;
        }
    }

    /** The options that keep a file playable whatever happens to its writer. */
    private Map<String, String> crashSafe(MuxerContainer container) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("flush_packets", "1");
        if (container.mp4()) {
            boolean late =
                    List.of(formats).stream().anyMatch(f -> f != null && HEADER_NEEDS_PACKETS.contains(f.codec()));
            options.put("movflags", late ? "hybrid_fragmented" : "hybrid_fragmented+empty_moov");
            options.put("frag_duration", "1000000");
            options.put("use_editlist", "1");
        } else if (container.matroska()) {
            options.put("cluster_time_limit", "1000");
        }
        return options;
    }

    /** Whether the input's packets of this format go into this file. */
    boolean takes(int input, PacketFormat format) {
        return input < formats.length && formats[input] != null && format.equals(formats[input]);
    }

    /** Whether these tracks, as they are, are the file's. */
    boolean holds(MuxerTracks others) {
        return others.same(formats);
    }

    void write(int input, Packet packet) throws StageException {
        long dts = MuxerTracks.decoded(packet);
        if (strict && dts + shifts[input] < 0) {
            return;
        }
        muxer.write(tracks[input], packet, shifts[input], true);
        packets++;
        reached = Math.max(reached, formats[input].timeBase().toNanos(dts + packet.duration()));
    }

    /** Nanoseconds of content up to a running time. */
    long lengthAt(long nanos) {
        return nanos - origin;
    }

    /** Nanoseconds of content so far. */
    long length() {
        return reached - origin;
    }

    long bytes() {
        return muxer.written();
    }

    /**
     * Writes the index and closes the file.
     *
     * @return its size in bytes
     */
    long finish() throws StageException {
        if (packets == 0) {
            discard();
            return 0;
        }
        try (muxer) {
            muxer.finish();
            return muxer.written();
        }
    }

    /** Closes without an index, after an error; a file with nothing in it goes. */
    void discard() {
        muxer.close();
        if (packets == 0) {
            delete();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it stays, empty; what went wrong before is what the user has to know
        }
    }
}
