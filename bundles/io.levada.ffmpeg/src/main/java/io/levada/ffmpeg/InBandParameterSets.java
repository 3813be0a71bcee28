/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import java.nio.ByteBuffer;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Takes note of parameter sets that come in band, with keyframes (RFC 6184, 8.4). For one thread. */
final class InBandParameterSets implements AutoCloseable {

    private static final Set<Integer> CODECS =
            Set.of(AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VVC, AV_CODEC_ID_AV1);

    private final AVBSFContext filter = new AVBSFContext(null);
    private final AVPacket copy = av_packet_alloc();
    private final SizeTPointer size = new SizeTPointer(1);
    private final boolean used;

    InBandParameterSets(AVCodecParameters parameters) {
        used = CODECS.contains(parameters.codec_id())
                && av_bsf_alloc(av_bsf_get_by_name("extract_extradata"), filter) >= 0
                && avcodec_parameters_copy(filter.par_in(), parameters) >= 0
                && av_bsf_init(filter) >= 0;
    }

    /**
     * Looks into a keyframe.
     *
     * @param into has what holds so far, and is given what is new
     * @return whether anything is new
     */
    boolean update(AVPacket keyframe, AVCodecParameters into) {
        if (!used || av_packet_ref(copy, keyframe) < 0) {
            return false;
        }
        try {
            if (av_bsf_send_packet(filter, copy) < 0 || av_bsf_receive_packet(filter, copy) < 0) {
                return false;
            }
            var sets = av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, size);
            if (sets == null || sets.isNull() || size.get() == 0) {
                return false;
            }
            return replace(sets.capacity(size.get()), into);
        } finally {
            av_packet_unref(copy);
        }
    }

    private static boolean replace(BytePointer sets, AVCodecParameters into) {
        var fresh = sets.asByteBuffer();
        int before = into.extradata_size();
        if (before > 0 && same(into.extradata().capacity(before).asByteBuffer(), fresh)) {
            return false;
        }
        var extradata = new BytePointer(av_mallocz((long) fresh.remaining() + AV_INPUT_BUFFER_PADDING_SIZE));
        if (extradata.isNull()) {
            throw new OutOfMemoryError("parameter sets");
        }
        extradata.capacity(fresh.remaining()).asByteBuffer().put(fresh.duplicate());
        av_free(into.extradata());
        into.extradata(extradata).extradata_size(fresh.remaining());
        return true;
    }

    /** Start codes may have three bytes or four (H.264, B.1.1): zeros before them don't count. */
    private static boolean same(ByteBuffer one, ByteBuffer other) {
        int i = 0;
        int j = 0;
        while (true) {
            i = past(one, i);
            j = past(other, j);
            if (i >= one.limit() || j >= other.limit()) {
                return i >= one.limit() && j >= other.limit();
            }
            if (one.get(i++) != other.get(j++)) {
                return false;
            }
        }
    }

    /** Over the first zero of a start code of four bytes. */
    private static int past(ByteBuffer sets, int at) {
        boolean four = at + 3 < sets.limit()
                && sets.get(at) == 0
                && sets.get(at + 1) == 0
                && sets.get(at + 2) == 0
                && sets.get(at + 3) == 1;
        return four ? at + 1 : at;
    }

    @Override
    public void close() {
        if (!filter.isNull()) {
            av_bsf_free(filter);
        }
        av_packet_free(copy);
        size.close();
    }
}
