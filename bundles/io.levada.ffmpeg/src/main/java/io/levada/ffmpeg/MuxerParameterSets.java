/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Finds global headers (SPS and PPS, sequence headers, AudioSpecificConfig) in the stream, for containers that want them at
 * their beginning.
 */
public final class MuxerParameterSets {

    private static final Set<String> IN_BAND = Set.of("h264", "hevc", "vvc", "av1", "mpeg4", "vc1", "aac");

    private MuxerParameterSets() {}

    /** Whether the format lacks headers that the packets may carry. */
    public static boolean missing(PacketFormat format) {
        return format.extradata().remaining() == 0 && IN_BAND.contains(format.codec());
    }

    /**
     * The format with the headers that a packet carries: a keyframe, or an AAC packet with an ADTS header.
     *
     * @return the format itself when there are none in it
     */
    public static PacketFormat complete(PacketFormat format, Packet packet) throws StageException {
        String name = format.codec().equals("aac") ? "aac_adtstoasc" : "extract_extradata";
        var filter = Objects.requireNonNull(av_bsf_get_by_name(name), name);
        var context = new AVBSFContext(null);
        FFmpegErrors.check(av_bsf_alloc(filter, context), "look for parameter sets");
        var copy = Objects.requireNonNull(av_packet_alloc(), "out of memory");
        try (var size = new SizeTPointer(1)) {
            CodecParameters.fill(format, context.par_in());
            FFmpegErrors.check(av_bsf_init(context), "look for parameter sets");
            Packets.reference(packet, copy);
            if (av_bsf_send_packet(context, copy) < 0 || av_bsf_receive_packet(context, copy) < 0) {
                return format;
            }
            var data = av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, size);
            return data == null || data.isNull() || size.get() == 0
                    ? format
                    : format.toBuilder()
                            .extradata(data.capacity(size.get()).asByteBuffer())
                            .build();
        } finally {
            av_packet_free(copy);
            av_bsf_free(context);
        }
    }
}
