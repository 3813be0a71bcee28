/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.stage.StageException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * The inputs of a muxer until and beyond its header: their formats, completed by the headers that come in packets; which of
 * them leads; and the packets that wait until all headers are there. For one thread.
 *
 * <p>It holds a reference of each waiting packet: {@link #clear} before it is thrown away.
 */
public final class MuxerTracks {

    private static final int MOST_WAITING = 512;
    private static final long MOST_BYTES = 32 << 20;

    /** A packet that waits, and the input it came from. */
    public record Waiting(int input, Packet packet) {}

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    /** By input; null where there is none yet, or none that is muxed. */
    private PacketFormat[] formats = {};

    private int[] places = {};
    private int[] order = {};

    /**
     * The format as one of packets.
     *
     * @throws StageException of kind INVALID for anything else
     */
    public static PacketFormat packets(Format format) throws StageException {
        if (format instanceof PacketFormat packets) {
            return packets;
        }
        throw StageException.invalid("a muxer takes packets, not " + format).remedy("put an encoder in between");
    }

    /**
     * Sets an input's format.
     *
     * @param place among the muxer's tracks; those of the same place are in the order of their inputs
     */
    public void format(int input, int place, PacketFormat format) {
        if (input >= formats.length) {
            formats = Arrays.copyOf(formats, input + 1);
            places = Arrays.copyOf(places, input + 1);
        }
        formats[input] = format;
        places[input] = place;
        order = IntStream.range(0, formats.length)
                .filter(this::has)
                .boxed()
                .sorted(Comparator.comparingInt(each -> places[each]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The inputs that are muxed, as their tracks shall stand in the container: whichever turned up first. */
    public int[] order() {
        return order.clone();
    }

    /** Whether the input is muxed. */
    public boolean has(int input) {
        return input < formats.length && formats[input] != null;
    }

    public PacketFormat format(int input) {
        return formats[input];
    }

    /** A copy, by input, with nulls where an input is not muxed. */
    public PacketFormat[] formats() {
        return formats.clone();
    }

    /** Whether these formats are still the ones. */
    public boolean same(PacketFormat[] others) {
        return Arrays.equals(formats, others);
    }

    /** Whether there is a picture among the tracks. */
    public boolean video() {
        int lead = lead();
        return lead >= 0 && formats[lead].kind() == MediaKind.VIDEO;
    }

    /** The input at whose keyframes one can begin: the first video, else the first audio; -1 when there is neither. */
    public int lead() {
        int first = -1;
        for (int i : order) {
            if (formats[i].kind() == MediaKind.VIDEO) {
                return i;
            }
            if (first < 0 && formats[i].kind() == MediaKind.AUDIO) {
                first = i;
            }
        }
        return first;
    }

    /** Whether one can begin with this packet. */
    public boolean starts(int input, Packet packet) {
        return input == lead() && decodable(input, packet);
    }

    private boolean decodable(int input, Packet packet) {
        return packet.keyframe() || formats[input].kind() != MediaKind.VIDEO;
    }

    /** Completes the input's format if it lacks headers that the packet carries. */
    public void learn(int input, Packet packet) throws StageException {
        if (decodable(input, packet) && MuxerParameterSets.missing(formats[input])) {
            formats[input] = MuxerParameterSets.complete(formats[input], packet);
        }
    }

    /**
     * Lets a packet wait if something waits already or one can begin with it; else it is passed over.
     *
     * @return whether it is time to begin: all headers are there, or waiting longer is not worth it
     */
    public boolean await(int input, Packet packet) {
        if (waiting.isEmpty() && !starts(input, packet)) {
            return false;
        }
        packet.retain();
        waiting.add(new Waiting(input, packet));
        bytes += packet.bytes();
        return waiting.size() >= MOST_WAITING
                || bytes >= MOST_BYTES
                || Arrays.stream(formats).noneMatch(format -> format != null && MuxerParameterSets.missing(format));
    }

    public boolean waiting() {
        return !waiting.isEmpty();
    }

    /** The packet that the output begins with. */
    public Waiting first() {
        return waiting.element();
    }

    /** Takes the next waiting packet out; the caller releases it. */
    public Waiting take() {
        var next = waiting.remove();
        bytes -= next.packet().bytes();
        return next;
    }

    /** Releases what waits. */
    public void clear() {
        waiting.forEach(each -> each.packet().release());
        waiting.clear();
        bytes = 0;
    }

    /** A packet's decoding time in nanoseconds of running time. */
    public long nanos(int input, Packet packet) {
        return formats[input].timeBase().toNanos(decoded(packet));
    }

    /** A packet's decoding time, or its presentation time where it has none. */
    public static long decoded(Packet packet) {
        return packet.dts() == Sample.NO_TIME ? packet.pts() : packet.dts();
    }
}
