/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISPOSABLE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_ref;

import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Between packets of the media model and AVPackets. Thread-safe; an AVPacket is used by one thread at a time. */
public final class Packets {

    private static final int HEADER_FLAGS = AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISPOSABLE;

    private Packets() {}

    /**
     * Memory over a packet that libav filled (by {@code av_read_frame}, {@code avcodec_receive_packet}), with one reference,
     * the caller's. Nothing is copied: the reference moves out of {@code filled}, which is blank afterwards and can be
     * filled again.
     */
    public static PacketMemory adopt(AVPacket filled) {
        return PacketMemory.of(filled);
    }

    /**
     * A packet over what libav filled, with the AVPacket's times and flags in its header. For other times (a source maps them
     * onto the running time) set them in the AVPacket before.
     */
    public static Packet sample(AVPacket filled, Stamp stamp) {
        int flags = filled.flags();
        long pts = filled.pts();
        long dts = filled.dts();
        long duration = filled.duration();
        return Packet.over(adopt(filled))
                .stamp(stamp)
                .pts(pts)
                .dts(dts)
                .duration(duration)
                .keyframe((flags & AV_PKT_FLAG_KEY) != 0)
                .disposable((flags & AV_PKT_FLAG_DISPOSABLE) != 0)
                .corrupt((flags & AV_PKT_FLAG_CORRUPT) != 0)
                .build();
    }

    /**
     * Fills a blank AVPacket with a new native reference of the sample's data and with the times and flags of its header;
     * {@code av_packet_unref} it. Data that is not FFmpeg's own is copied, with the padding that decoders need.
     *
     * @throws OutOfMemoryError when libav has none
     */
    public static void reference(Packet sample, AVPacket into) {
        if (sample.memory() instanceof PacketMemory memory) {
            require(av_packet_ref(into, memory.packet()));
        } else {
            int size = Math.toIntExact(sample.size());
            require(av_new_packet(into, size));
            if (size > 0) {
                into.data().capacity(size).asByteBuffer().put(sample.data().duplicate());
            }
        }
        into.pts(sample.pts()).dts(sample.dts()).duration(sample.duration());
        into.flags((into.flags() & ~HEADER_FLAGS)
                | (sample.keyframe() ? AV_PKT_FLAG_KEY : 0)
                | (sample.corrupt() ? AV_PKT_FLAG_CORRUPT : 0)
                | (sample.disposable() ? AV_PKT_FLAG_DISPOSABLE : 0));
    }

    private static void require(int error) {
        if (error < 0) {
            throw new OutOfMemoryError("a packet reference: " + FFmpegErrors.text(error));
        }
    }
}
