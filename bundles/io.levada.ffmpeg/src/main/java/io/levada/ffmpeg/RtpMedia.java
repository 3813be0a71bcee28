/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.av_sdp_create;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;

/**
 * How a track is described in SDP (RFC 4566), as FFmpeg writes it for its RTP packetisers.
 *
 * @param kind the media type of the {@code m=} line
 * @param payloadType the RTP payload type, static (RFC 3551) where there is one for the codec
 * @param clockRate ticks of the RTP timestamp in a second
 * @param attributes the media's {@code b=} and {@code a=} lines (rtpmap, fmtp), without line ends and without a control URL
 */
public record RtpMedia(MediaKind kind, int payloadType, int clockRate, List<String> attributes) {

    private static final int TEXT_LIMIT = 64 * 1024;
    private static final int FIRST_DYNAMIC = 96;

    public RtpMedia {
        attributes = List.copyOf(attributes);
    }

    /**
     * The description of packets of this format.
     *
     * @throws StageException when RTP, or FFmpeg for it, has no payload format for the codec
     */
    public static RtpMedia of(PacketFormat format) throws StageException {
        // The muxer's header decides on clock rate and payload type, so that description and packets can't differ.
        try (var muxer = new RtpMuxer(format, RtpPacketizer.PACKET_SIZE, packet -> {})) {
            return muxer.media();
        }
    }

    static RtpMedia of(PacketFormat format, int clockRate) throws StageException {
        var described = parse(format, sdp(format, -1), clockRate);
        return described.payloadType < FIRST_DYNAMIC
                ? described
                : parse(format, sdp(format, dynamic(format.kind())), clockRate);
    }

    private static int dynamic(MediaKind kind) {
        return kind == MediaKind.AUDIO ? FIRST_DYNAMIC + 1 : FIRST_DYNAMIC;
    }

    /** Where the media section begins. */
    private static RtpMedia parse(PacketFormat format, String sdp, int clockRate) throws StageException {
        int start = sdp.indexOf("m=");
        if (start < 0) {
            throw RtpMuxer.unsupported(format);
        }
        var lines = sdp.substring(start).lines().toList();
        var media = lines.get(0).split(" ");
        var attributes = lines.stream()
                .skip(1)
                .filter(line -> line.startsWith("b=") || line.startsWith("a=") && !line.startsWith("a=control:"))
                .toList();
        var described = new RtpMedia(format.kind(), Integer.parseInt(media[3]), clockRate, attributes);
        if (described.payloadType >= FIRST_DYNAMIC && described.rtpmap().isEmpty()) {
            throw RtpMuxer.unsupported(format); // its packetizer would work, but nobody could know what comes
        }
        return described;
    }

    private static String sdp(PacketFormat format, int payloadType) throws StageException {
        AVFormatContext context = RtpMuxer.context(RtpAudioConfig.complete(format));
        try {
            if (payloadType >= 0) {
                av_opt_set_int(context.priv_data(), "payload_type", payloadType, 0);
            }
            var text = new byte[TEXT_LIMIT];
            int error = av_sdp_create(context, 1, text, text.length);
            if (error < 0) {
                throw StageException.invalid("no SDP for " + format + " (FFmpeg: " + FFmpegErrors.text(error) + ")");
            }
            int length = 0;
            while (text[length] != 0) {
                length++;
            }
            return new String(text, 0, length, StandardCharsets.UTF_8);
        } finally {
            avformat_free_context(context);
        }
    }

    /** Whether readers that know the one description can go on with packets of the other. */
    public boolean sameEncoding(RtpMedia other) {
        return payloadType == other.payloadType && clockRate == other.clockRate && rtpmap().equals(other.rtpmap());
    }

    /**
     * The lines of its section in a description (RFC 4566, 5.14), without line ends.
     *
     * @param port where its RTP goes; 0 where RTSP says it
     * @param profile such as {@code RTP/AVP}
     */
    public List<String> section(int port, String profile) {
        var lines = new ArrayList<String>();
        lines.add("m=" + kind.word() + " " + port + " " + profile + " " + payloadType);
        lines.addAll(attributes);
        return lines;
    }

    /** The {@code encoding/clock} of the rtpmap line; empty for static types without one. */
    public String rtpmap() {
        return attributes.stream()
                .filter(line -> line.startsWith("a=rtpmap:"))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .findFirst()
                .orElse("");
    }
}
