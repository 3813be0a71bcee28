/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Out through the packetisers and back: RFC 3550, 5.1; RFC 6184, 7798, 3640, 7587, 7741, 9628, 2435, 3551; AV1's 1.0. */
class RtpDepacketizerTest {

    @TempDir
    Path folder;

    private record Unit(byte[] data, long pts, long dts, boolean key, boolean corrupt) {}

    private final List<Unit> sent = new ArrayList<>();
    private final List<ByteBuffer> packets = new ArrayList<>();
    /** How many packets had gone when a unit was complete. */
    private final List<Integer> ends = new ArrayList<>();

    private RtpMedia media;
    private PacketFormat format;

    private static Unit unit(AVPacket packet) {
        var data = new byte[packet.size()];
        packet.data().capacity(packet.size()).asByteBuffer().get(data);
        return new Unit(
                data,
                packet.pts(),
                packet.dts(),
                (packet.flags() & AV_PKT_FLAG_KEY) != 0,
                (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0);
    }

    /** Packetises a clip that ffmpeg makes. */
    private void packetise(String file, String... options) throws Exception {
        var clip = folder.resolve(file);
        var command = new ArrayList<>(List.of("-v", "error", "-f", "lavfi"));
        command.addAll(List.of(options));
        command.add(clip.toString());
        FFmpegProgram.run(command.toArray(String[]::new));
        var context = new AVFormatContext(null);
        assertEquals(0, avformat_open_input(context, clip.toString(), (AVInputFormat) null, (AVDictionary) null));
        avformat_find_stream_info(context, (AVDictionary) null);
        var packet = av_packet_alloc();
        try (var packetizer = new RtpPacketizer(rtp -> packets.add(
                ByteBuffer.allocate(rtp.remaining()).put(rtp.duplicate()).flip()))) {
            var stream = context.streams(0);
            format = CodecParameters.format(stream, Formats.timeBase(stream.time_base()));
            media = packetizer.format(format, false);
            while (av_read_frame(context, packet) >= 0) {
                sent.add(unit(packet));
                var sample = Packets.sample(packet, Stamp.of("test:x", 0, packet.pts(), 0, 0, 0));
                packetizer.packetize(sample, 0);
                sample.release();
                ends.add(packets.size());
            }
        } finally {
            av_packet_free(packet);
            avformat_close_input(context);
        }
    }

    private String description() {
        var text = new StringBuilder("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n");
        text.append("m=")
                .append(media.kind().word())
                .append(" 0 RTP/AVP ")
                .append(media.payloadType())
                .append("\r\n");
        media.attributes().forEach(line -> text.append(line).append("\r\n"));
        return text.toString();
    }

    private List<Unit> depacketise(RtpDepacketizer[] used) throws StageException {
        var units = new ArrayList<Unit>();
        try (var depacketizer = new RtpDepacketizer(description(), packet -> units.add(unit(packet)))) {
            used[0] = depacketizer;
            packets.forEach(depacketizer::take);
            format = depacketizer.format();
        }
        return units;
    }

    @ParameterizedTest
    @CsvSource({
        "x.ts, libx264, -bf 0",
        "y.ts, libx265, -x265-params log-level=none:bframes=0",
        "x.ivf, libvpx, -deadline realtime",
        "y.ivf, libvpx-vp9, -deadline realtime -cpu-used 8",
        "x.mkv, libsvtav1, -preset 12 -svtav1-params lp=1"
    })
    void picturesComeBackWithTheirLastPacket(String file, String encoder, String more) throws Exception {
        var options = new ArrayList<>(List.of("-i", "testsrc2=size=640x360:rate=25:duration=2", "-c:v", encoder));
        options.addAll(List.of("-pix_fmt", "yuv420p", "-g", "25"));
        options.addAll(List.of(more.split(" ")));
        packetise(file, options.toArray(String[]::new));
        var units = new ArrayList<Unit>();
        try (var depacketizer = new RtpDepacketizer(description(), packet -> units.add(unit(packet)))) {
            for (int i = 0; i < packets.size(); i++) {
                depacketizer.take(packets.get(i));
                int taken = i + 1;
                long complete = ends.stream().filter(end -> end <= taken).count();
                assertEquals(complete, units.size(), "after packet " + taken);
            }
            assertEquals(MediaKind.VIDEO, depacketizer.kind());
            assertEquals(640, depacketizer.format().width());
        }
        for (int i = 0; i < sent.size(); i++) {
            assertEquals(text(sent.get(i)), text(units.get(i)), "unit " + i);
            assertEquals(sent.get(i).key(), units.get(i).key(), "keyframe " + i);
            assertEquals(i * 3600L, units.get(i).pts() - units.get(0).pts());
            assertEquals(units.get(i).pts(), units.get(i).dts());
        }
    }

    /** A slice of an H.264 keyframe that means nothing. */
    private static ByteBuffer slice(int sequence, int time, int payload, boolean marker) {
        var packet = ByteBuffer.allocate(12 + payload);
        packet.put((byte) 0x80).put((byte) (marker ? 0x80 | 96 : 96)).putShort((short) sequence);
        packet.putInt(time).putInt(7).put((byte) 0x65);
        return packet.rewind();
    }

    @Test
    void aPictureThatNeverEndsIsLeftOut_andTheNextOneGoesOn() throws Exception {
        var description = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
        var units = new ArrayList<Unit>();
        try (var depacketizer = new RtpDepacketizer(description, packet -> units.add(unit(packet)))) {
            for (int i = 0; i < 400; i++) {
                depacketizer.take(slice(i, 0, 60_000, false)); // 24 MB
            }
            depacketizer.take(slice(400, 3600, 100, true));
        }
        assertEquals(1, units.size());
        assertEquals(3600, units.get(0).pts());
        assertTrue(units.get(0).corrupt(), "what it builds upon is missing");
    }

    @Test
    void decodingTimesOfBPicturesRiseAndAreNotAfterTheirPresentation_rfc6184_5_1() throws Exception {
        packetise(
                "b.mkv",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=2",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-bsf:v",
                "h264_mp4toannexb");
        var units = depacketise(new RtpDepacketizer[1]);
        assertEquals(sent.size(), units.size());
        for (int i = 1; i < units.size(); i++) {
            assertTrue(units.get(i).dts() > units.get(i - 1).dts(), "unit " + i);
            assertTrue(units.get(i).dts() <= units.get(i).pts(), "unit " + i);
            assertEquals(
                    90 * (sent.get(i).pts() - sent.get(0).pts()),
                    units.get(i).pts() - units.get(0).pts(),
                    "unit " + i);
        }
        assertEquals("2", format.details().get("video_delay"));
    }

    @ParameterizedTest
    @CsvSource({"x.mp4, aac, 48000, aac", "x.ogg, libopus, 48000, opus", "x.wav, pcm_mulaw, 8000, pcm_mulaw"})
    void soundComesBack(String file, String encoder, String rate, String codec) throws Exception {
        packetise(file, "-i", "sine=frequency=440:duration=2", "-c:a", encoder, "-ar", rate, "-ac", "1");
        var units = depacketise(new RtpDepacketizer[1]);
        assertEquals(codec, format.codec());
        assertEquals(Integer.parseInt(rate), format.sampleRate());
        assertTrue(bytes(sent).startsWith(bytes(units)), "what is shorter waits for more of its packet");
        assertTrue(units.size() > sent.size() - 10 && !units.isEmpty(), units.size() + " of " + sent.size());
        for (int i = 1; i < units.size(); i++) {
            assertTrue(units.get(i).pts() > units.get(i - 1).pts());
        }
    }

    private static String bytes(List<Unit> units) {
        var all = new java.io.ByteArrayOutputStream();
        units.forEach(unit -> all.writeBytes(unit.data()));
        return java.util.HexFormat.of().formatHex(all.toByteArray());
    }

    /** Start codes may have three bytes or four (H.264, B.1.1). */
    private static String text(Unit unit) {
        return java.util.HexFormat.ofDelimiter(" ").formatHex(unit.data()).replace("00 00 00 01 ", "00 00 01 ");
    }

    @Test
    void aPictureThatLostAPacketIsMarkedAndTheNextIsNot() throws Exception {
        packetise("x.h264", "-i", "testsrc2=size=1280x720:rate=25:duration=1", "-c:v", "libx264", "-bf", "0");
        int picture = 1;
        while (ends.get(picture) - ends.get(picture - 1) < 3) {
            picture++;
        }
        packets.remove(ends.get(picture - 1) + 1);
        var units = depacketise(new RtpDepacketizer[1]);
        for (int i = 0; i < units.size(); i++) {
            assertEquals(i == picture, units.get(i).corrupt(), "unit " + i + ", lost of " + picture);
        }
    }

    @Test
    void whatIsNoRtpChangesNothing_rfc3550_A_1() throws Exception {
        packetise("x.h264", "-i", "testsrc2=size=320x180:rate=25:duration=1", "-c:v", "libx264", "-bf", "0");
        var noise = new java.util.Random(1);
        for (int i = 0; i < 200; i++) {
            var bytes = new byte[noise.nextInt(40)];
            noise.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] &= 0x3f; // another version
            }
            packets.add(noise.nextInt(packets.size()), ByteBuffer.wrap(bytes));
        }
        var units = depacketise(new RtpDepacketizer[1]);
        assertEquals(
                sent.stream().map(RtpDepacketizerTest::text).toList(),
                units.stream().map(RtpDepacketizerTest::text).toList());
    }

    @Test
    void damagedPayloadsHurtNobody() throws Exception {
        packetise("x.h264", "-i", "testsrc2=size=320x180:rate=25:duration=2", "-c:v", "libx264", "-bf", "0");
        var noise = new java.util.Random(1);
        for (var packet : packets) {
            for (int i = 0; i < 3; i++) {
                int at = 12 + noise.nextInt(packet.limit() - 12);
                packet.put(at, (byte) noise.nextInt());
            }
            if (noise.nextInt(10) == 0) {
                packet.limit(12 + noise.nextInt(packet.limit() - 12));
            }
        }
        assertTrue(depacketise(new RtpDepacketizer[1]).size() > 10);
    }

    @Test
    void aDescriptionThatIsNoneIsRefused() {
        for (var text : List.of(
                "", "v=0", "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 X-UNHEARD-OF/90000\r\n", "x".repeat(20_000))) {
            assertThrows(StageException.class, () -> new RtpDepacketizer(text, packet -> {}));
        }
    }
}
