/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.Stamp;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * RTP from a publisher, and what comes of it on to readers. The first byte chooses the codec; then packets, each behind one byte
 * that says how long it is; 255 stands for eight times as much.
 */
public final class RtpDepacketizerFuzz {

    private static final List<String> MEDIA = List.of(
            "video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 AV1/90000",
            "video 0 RTP/AVP 26",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\n"
                    + "a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2",
            "audio 0 RTP/AVP 0",
            "audio 0 RTP/AVP 14",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 AMR/8000\r\na=fmtp:97 octet-align=1",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 AMR-WB/16000\r\na=fmtp:97 octet-align=1",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=20",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 G726-40/8000",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 L24/48000/500",
            "audio 0 RTP/AVP 97\r\na=rtpmap:97 MP4A-LATM/48000/2\r\na=fmtp:97 cpresent=0;config=400023203FC0",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000",
            "video 0 RTP/AVP 96\r\na=rtpmap:96 H263-1998/90000",
            "video 0 RTP/AVP 31",
            "video 0 RTP/AVP 32");
    private static final String SESSION = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=";

    private RtpDepacketizerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var description = SESSION + MEDIA.get((input[0] & 0xff) % MEDIA.size()) + "\r\n";
        try (var relay = new Relay(description, input.length)) {
            for (int at = 1; at < input.length; ) {
                int length = input[at] & 0xff;
                length = Math.min(length == 0xff ? 8 * length : length, input.length - at - 1);
                relay.depacketizer.take(ByteBuffer.wrap(input, at + 1, length).slice());
                relay.depacketizer.format();
                at += 1 + length;
            }
        } catch (StageException e) {
            throw new AssertionError(e);
        }
    }

    /** As a pipeline does it that serves what is published to it. */
    private static final class Relay implements AutoCloseable {

        private final int received;
        private final RtpDepacketizer depacketizer;
        private final RtpPacketizer packetizer = new RtpPacketizer(this::packet);
        private boolean begun;
        private boolean served;
        private long sent;

        Relay(String description, int received) throws StageException {
            this.received = received;
            this.depacketizer = new RtpDepacketizer(description, this::unit);
        }

        private void unit(AVPacket unit) {
            if (unit.size() <= 0 || unit.size() > received * 64 + 4096) {
                throw new AssertionError(unit.size() + " bytes of " + received);
            }
            if (!begun) {
                begun = true;
                serve();
            }
            if (served) {
                sent = 0;
                var sample = Packets.sample(unit, Stamp.of("fuzz:x", 0, unit.pts(), 0, 0, 0));
                try {
                    packetizer.packetize(sample, 0);
                } catch (StageException e) {
                    // nothing that FFmpeg can packetise
                } finally {
                    sample.release();
                }
            }
        }

        private void serve() {
            try {
                packetizer.format(depacketizer.format(), false);
                served = true;
            } catch (StageException e) {
                // nothing that RTP can carry
            }
        }

        private void packet(ByteBuffer packet) {
            if (packet.remaining() > RtpPacketizer.PACKET_SIZE || ++sent > received * 64L + 4096) {
                throw new AssertionError(packet.remaining() + " bytes after " + sent + " packets of " + received);
            }
        }

        @Override
        public void close() {
            depacketizer.close();
            packetizer.close();
        }
    }
}
