/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.media.Memory;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Packets read and not yet due, put in the order of decoding time across tracks. It bridges a slow disk and the re-opening
 * at a loop, and mends files whose tracks are badly interleaved; bounded in time, bytes and count.
 */
final class ReadAhead {

    private static final int MOST_PACKETS = 1024;
    private static final long MOST_BYTES = 32 << 20;
    private static final long MOST_NANOS = 2_000_000_000L;

    /** One packet with its times on the timeline; recycled. */
    static final class Item {
        Track track;
        Memory memory;
        PacketFormat format;
        TimeBase timeBase;
        long pts;
        long dts;
        long duration;
        long dtsNanos;
        int flags;
        int epoch;
        boolean discontinuity;
    }

    private final long wanted;
    private final List<Track> tracks;
    private final ArrayDeque<Item> idle = new ArrayDeque<>();
    private int packets;
    private long bytes;
    private long newest = Sample.NO_TIME;

    /**
     * @param tracks all tracks, which hold the queues; the list may grow
     * @param wanted nanoseconds of content to read ahead; 0 to put tracks in order only, negative to do not even that
     */
    ReadAhead(List<Track> tracks, long wanted) {
        this.tracks = tracks;
        this.wanted = wanted;
    }

    /** A blank item to fill and {@link #add}. */
    Item blank() {
        var item = idle.poll();
        return item == null ? new Item() : item;
    }

    void add(Item item) {
        item.track.queue.add(item);
        packets++;
        bytes += item.memory.bytes();
        newest = Math.max(newest, item.dtsNanos);
    }

    /** Whether to read on before the next packet goes out: a steady track has none yet, or too little is held. */
    boolean hungry() {
        var head = head();
        if (head == null) {
            return true;
        }
        if (wanted < 0) {
            return false;
        }
        long held = newest - head.dtsNanos;
        if (packets >= MOST_PACKETS || bytes >= MOST_BYTES || held >= Math.max(MOST_NANOS, wanted)) {
            return false;
        }
        if (held < wanted) {
            return true;
        }
        for (int i = 0; i < tracks.size(); i++) {
            var track = tracks.get(i);
            if (track.steady() && track.queue.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The packet to be decoded first; null when there is none. It stays. */
    Item head() {
        Item first = null;
        for (int i = 0; i < tracks.size(); i++) {
            var item = tracks.get(i).queue.peek();
            if (item != null && (first == null || item.dtsNanos < first.dtsNanos)) {
                first = item;
            }
        }
        return first;
    }

    /** Takes the head out; its memory's reference is now the caller's. Give the item back by {@link #recycle}. */
    void take(Item head) {
        head.track.queue.remove();
        packets--;
        bytes -= head.memory.bytes();
    }

    void recycle(Item item) {
        item.memory = null;
        item.format = null;
        item.track = null;
        idle.push(item);
    }

    /** Gives back all that is held. */
    void clear() {
        for (var track : tracks) {
            track.queue.forEach(item -> item.memory.release());
            track.queue.clear();
        }
        packets = 0;
        bytes = 0;
    }
}
