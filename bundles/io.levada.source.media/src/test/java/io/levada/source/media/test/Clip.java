/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media.test;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.StreamItem;
import io.levada.source.media.MediaSource;
import io.levada.testkit.StageHarness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A file's packets as source.media emits them, interleaved by decoding time as the platform does it. */
public final class Clip implements AutoCloseable {

    /** A packet and the index of its track among those asked for. */
    public record Entry(int track, Packet packet, PacketFormat format) {

        public long dtsNanos() {
            return format.timeBase().toNanos(packet.dts());
        }
    }

    private final StageHarness source;
    private final List<PacketFormat> formats = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Reads it all.
     *
     * @param directory what the file's name is relative to
     * @param rounds how often it is played
     * @param tracks those to take, by name; the first decides when a round is over
     */
    public Clip(Path directory, String file, int rounds, String... tracks) {
        source = StageHarness.with(new MediaSource())
                .parameters(Map.of("url", file, "loop", Boolean.toString(rounds > 1)))
                .home(directory)
                .named("lobby", "cam")
                .open();
        boolean more = true;
        while (more && epoch(tracks[0]) < rounds) {
            more = source.produce();
        }
        for (int i = 0; i < tracks.length; i++) {
            for (StreamItem item : source.track(tracks[i]).items()) {
                if (item instanceof Format format) {
                    formats.add((PacketFormat) format);
                } else if (item instanceof Packet packet && packet.stamp().epoch() < rounds) {
                    entries.add(new Entry(i, packet, formats.get(i)));
                }
            }
        }
        entries.sort(Comparator.comparingLong(Entry::dtsNanos));
    }

    private int epoch(String track) {
        var packets = source.track(track).packets();
        return packets.size() == 0 ? 0 : packets.get(packets.size() - 1).stamp().epoch();
    }

    /** By track. */
    public List<PacketFormat> formats() {
        return formats;
    }

    /** In order of decoding time; it keeps its references. */
    public List<Entry> entries() {
        return entries;
    }

    /** Feeds formats and packets to a stage with as many inputs; it gets references of its own. */
    public void feed(StageHarness stage) {
        formats(stage);
        packets(stage, 0, entries.size());
    }

    /** Feeds the formats alone. */
    public void formats(StageHarness stage) {
        for (int i = 0; i < formats.size(); i++) {
            stage.feed(i, formats.get(i));
        }
    }

    /** Feeds some of the packets, after the formats. */
    public void packets(StageHarness stage, int from, int to) {
        for (var entry : entries.subList(from, to)) {
            entry.packet().retain();
            stage.feed(entry.track(), entry.packet());
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
