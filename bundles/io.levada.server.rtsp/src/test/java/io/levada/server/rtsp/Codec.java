/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.nio.file.Path;
import java.util.List;

/**
 * A codec that FFmpeg has a packetiser and an encoder for.
 *
 * @param encoding options of ffmpeg that make a clip of it
 * @param filter that takes away what is sent in another place (parameter sets, delimiters)
 * @param debian whether FFmpeg 5.1 has a depacketiser for it
 */
record Codec(String name, String encoding, String filter, boolean debian) {

    private static final String PICTURES =
            "-f lavfi -i testsrc2=size=176x144:rate=25:duration=2 -g 5 -pix_fmt yuv420p -c:v ";
    private static final String SOUND =
            "-f lavfi -i sine=frequency=440:beep_factor=3:sample_rate=48000:duration=2 -c:a ";

    /** Nothing that could be made small: each unit is larger than a packet. */
    private static final String NOISE = "-f lavfi -i anoisesrc=sample_rate=48000:duration=2:seed=1 -c:a ";

    /** Without MJPEG, whose headers are the receiver's (RFC 2435). */
    static final List<Codec> ALL = List.of(
            new Codec(
                    "h264",
                    PICTURES + "libx264 -preset ultrafast -bf 2 -bsf:v h264_mp4toannexb",
                    "filter_units=remove_types=7-9",
                    true),
            new Codec(
                    "hevc",
                    PICTURES + "libx265 -preset ultrafast -x265-params log-level=none:keyint=5",
                    "filter_units=remove_types=32-35",
                    true),
            new Codec("av1", PICTURES + "libsvtav1 -preset 12", "av1_metadata=td=remove", false),
            pictures("vp8", "libvpx -deadline realtime"),
            pictures("vp9", "libvpx-vp9 -deadline realtime -cpu-used 8"),
            pictures("mpeg1video"),
            pictures("mpeg2video"),
            pictures("mpeg4"),
            pictures("h261"),
            pictures("h263"),
            pictures("h263p"),
            sound("aac"),
            new Codec("aac_large", NOISE + "aac -ac 6 -b:a 800k", "null", true),
            sound("opus", "libopus"),
            sound("vorbis", "vorbis -strict -2 -ac 2"),
            sound("mp2"),
            sound("mp3", "libmp3lame"),
            sound("pcm_alaw", "pcm_alaw -ar 8000"),
            sound("pcm_mulaw", "pcm_mulaw -ar 8000"),
            sound("pcm_s16be", "pcm_s16be -ac 2"),
            sound("pcm_s24be", "pcm_s24be -ac 2"),
            sound("adpcm_g722", "g722 -ar 16000"),
            sound("adpcm_g726", "g726 -ar 8000 -b:a 32k"),
            sound("amr_nb", "libopencore_amrnb -ar 8000 -ac 1"),
            sound("amr_wb", "libvo_amrwbenc -ar 16000 -ac 1"),
            sound("speex", "libspeex -ar 16000 -ac 1"));

    static final Codec MJPEG = pictures("mjpeg", "mjpeg -huffman default -strict -1");

    static Codec pictures(String name) {
        return pictures(name, name);
    }

    private static Codec pictures(String name, String encoder) {
        return new Codec(name, PICTURES + encoder, "null", true);
    }

    static Codec sound(String name) {
        return sound(name, name);
    }

    private static Codec sound(String name, String encoder) {
        return new Codec(name, SOUND + encoder, "null", true);
    }

    /** Two seconds, made once. */
    Path clip() throws Exception {
        return Programs.clip("codec-" + name + container(), encoding.split(" "));
    }

    /** NUT holds nearly all of them. */
    private String container() {
        return switch (name) {
            case "amr_nb", "amr_wb" -> ".3gp";
            case "speex" -> ".ogg";
            case "adpcm_g726" -> ".wav";
            default -> ".nut";
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
