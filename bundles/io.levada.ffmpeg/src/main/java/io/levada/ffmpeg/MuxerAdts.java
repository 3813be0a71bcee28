/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_free;

import io.levada.api.stage.StageException;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Takes the ADTS header off AAC packets for containers that have it once. For one thread; made when the first one comes. */
final class MuxerAdts implements AutoCloseable {

    private static final int HEADER = 7;

    private AVBSFContext context;
    private boolean looked;

    /** Changes the packet in place if the track's packets have ADTS headers. */
    void strip(AVPacket packet, AVCodecParameters parameters) throws StageException {
        if (!looked) {
            looked = true;
            if (framed(packet)) {
                open(parameters);
            }
        }
        if (context != null) {
            FFmpegErrors.check(av_bsf_send_packet(context, packet), "take the ADTS header off");
            FFmpegErrors.check(av_bsf_receive_packet(context, packet), "take the ADTS header off");
        }
    }

    private static boolean framed(AVPacket packet) {
        return packet.size() > HEADER
                && (packet.data().get(0) & 0xFF) == 0xFF
                && (packet.data().get(1) & 0xF6) == 0xF0;
    }

    private void open(AVCodecParameters parameters) throws StageException {
        var filter = Objects.requireNonNull(av_bsf_get_by_name("aac_adtstoasc"), "aac_adtstoasc");
        context = new AVBSFContext(null);
        FFmpegErrors.check(av_bsf_alloc(filter, context), "take ADTS headers off");
        FFmpegErrors.check(avcodec_parameters_copy(context.par_in(), parameters), "take ADTS headers off");
        if (context.par_in().extradata() != null) {
            av_free(context.par_in().extradata());
            context.par_in().extradata(null).extradata_size(0); // it finds it in the packets
        }
        FFmpegErrors.check(av_bsf_init(context), "take ADTS headers off");
    }

    @Override
    public void close() {
        if (context != null) {
            av_bsf_free(context);
            context = null;
        }
    }
}
