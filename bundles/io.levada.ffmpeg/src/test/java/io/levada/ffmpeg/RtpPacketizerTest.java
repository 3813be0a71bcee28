/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.HostMemory;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3550, 5.1; RFC 6184 (H.264), RFC 3640 (AAC), RFC 7587 (Opus). */
class RtpPacketizerTest {

    private static final int HEADER = 12;
    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final byte[] SPS = HexFormat.of().parseHex("6742c00dda0507ec0440000003004000000c83c50aa8");
    private static final byte[] PPS = HexFormat.of().parseHex("68ce0fc8");

    private final List<ByteBuffer> packets = new ArrayList<>();
    private final RtpPacketizer packetizer = new RtpPacketizer(packet -> {
        var copy = ByteBuffer.allocate(packet.remaining());
        packets.add(copy.put(packet.duplicate()).flip());
    });

    @AfterEach
    void close() {
        packetizer.close();
    }

    private static PacketFormat h264() {
        return PacketFormat.of(MediaKind.VIDEO, "h264")
                .width(320)
                .height(180)
                .extradata(ByteBuffer.wrap(annexB(SPS, PPS)))
                .timeBase(TimeBase.RTP_VIDEO)
                .build();
    }

    private static byte[] annexB(byte[]... units) {
        var bytes = new ByteArrayOutputStream();
        for (var unit : units) {
            bytes.writeBytes(new byte[] {0, 0, 0, 1});
            bytes.writeBytes(unit);
        }
        return bytes.toByteArray();
    }

    private static byte[] unit(int type, int size) {
        var unit = new byte[size];
        java.util.Arrays.fill(unit, (byte) 0x55);
        unit[0] = (byte) (0x60 | type);
        return unit;
    }

    private void send(long pts, boolean keyframe, byte[] data) throws StageException {
        var memory = HostMemory.allocate(data.length);
        memory.writable(0).put(0, data);
        var packet = Packet.over(memory)
                .stamp(Stamp.of("test/cam:video", 0, pts, 0, 0, 0))
                .pts(pts)
                .dts(pts)
                .keyframe(keyframe)
                .build();
        packetizer.packetize(packet, 0);
        packet.release();
    }

    private static int type(ByteBuffer packet) {
        return packet.get(HEADER) & 0x1f;
    }

    private static boolean marker(ByteBuffer packet) {
        return packet.get(1) < 0;
    }

    @Test
    void sequenceNumbersRiseByOneAndWrap_3550_5_1() throws StageException {
        packetizer.format(h264(), false);
        int expected = packetizer.nextSequence();
        int ssrc = packetizer.ssrc();
        for (int i = 0; i < 70_000; i++) {
            send(3600L * i, false, annexB(unit(1, 20)));
            var packet = packets.get(0);
            assertEquals(expected, packet.getShort(2) & 0xffff);
            assertEquals(ssrc, packet.getInt(8));
            expected = (expected + 1) & 0xffff;
            packets.clear();
        }
    }

    @Test
    void timestampsFollowThePresentationTimeAndWrap_3550_5_1() throws StageException {
        packetizer.format(h264(), false);
        long[] times = {0, 7200, 3600, 1L << 31, 1L << 32, (1L << 33) + 17};
        for (long time : times) {
            send(time, false, annexB(unit(1, 20)));
            int timestamp = packets.get(packets.size() - 1).getInt(4);
            assertEquals((int) (packetizer.timestampOrigin() + time), timestamp);
        }
    }

    @Test
    void aChangedFormatGoesOnWithItsParameterSetsInBand_6184_8_4() throws StageException {
        packetizer.format(h264(), false);
        send(0, true, annexB(unit(5, 300)));
        var before = packets.get(0);
        packets.clear();
        packetizer.format(h264(), true);
        send(3600, true, annexB(unit(5, 300)));
        send(7200, false, annexB(unit(1, 300)));
        assertEquals(
                List.of(STAP_A, 5, 1),
                packets.stream().map(RtpPacketizerTest::type).toList());
        assertEquals(
                List.of(false, true, true),
                packets.stream().map(RtpPacketizerTest::marker).toList());
        assertEquals((before.getShort(2) + 1) & 0xffff, packets.get(0).getShort(2) & 0xffff);
        assertEquals(before.getInt(4) + 3600, packets.get(0).getInt(4));
        assertEquals(before.getInt(4) + 3600, packets.get(1).getInt(4));
        assertEquals(before.getInt(8), packets.get(1).getInt(8));
    }

    @Test
    void parameterSetsOfAvcCGoInBandInItsOwnSyntax() throws StageException {
        var box = new ByteArrayOutputStream();
        box.writeBytes(new byte[] {1, 0x42, (byte) 0xc0, 13, (byte) 0xff, (byte) 0xe1, 0, (byte) SPS.length});
        box.writeBytes(SPS);
        box.writeBytes(new byte[] {1, 0, (byte) PPS.length});
        box.writeBytes(PPS);
        var avcC =
                h264().toBuilder().extradata(ByteBuffer.wrap(box.toByteArray())).build();
        packetizer.format(avcC, true);
        var unit = unit(5, 300);
        send(0, true, ByteBuffer.allocate(304).putInt(300).put(unit).array());
        assertEquals(
                List.of(STAP_A, 5),
                packets.stream().map(RtpPacketizerTest::type).toList());
        var sets = packets.get(0);
        assertEquals(SPS.length, sets.getShort(HEADER + 1));
        assertEquals(PPS.length, sets.getShort(HEADER + 3 + SPS.length));
    }

    @Test
    void damagedParameterSetsAreSaid() throws StageException {
        packetizer.format(h264(), false);
        var damaged = h264().toBuilder()
                .extradata(ByteBuffer.wrap(new byte[] {1, 0x42, 0, 13, (byte) 0xff, (byte) 0xe1, 0x7f}))
                .build();
        assertThrows(StageException.class, () -> packetizer.format(damaged, true));
        send(0, false, annexB(unit(1, 20)));
        assertEquals(1, packets.size(), "the old format stays");
    }

    @Test
    void manyTracksArePacketisedAtOnce() throws StageException {
        // JavaCPP has room for ten function pointers of a kind.
        var counts = new int[40];
        var all = new ArrayList<RtpPacketizer>();
        for (int i = 0; i < counts.length; i++) {
            int number = i;
            var each = new RtpPacketizer(packet -> counts[number]++);
            each.format(h264(), false);
            all.add(each);
        }
        var memory = HostMemory.allocate(24);
        memory.writable(0).put(0, annexB(unit(1, 20)));
        var packet = Packet.over(memory)
                .stamp(Stamp.of("test/cam:video", 0, 0, 0, 0, 0))
                .pts(0)
                .build();
        for (var each : all) {
            each.packetize(packet, 0);
            each.close();
        }
        packet.release();
        for (int count : counts) {
            assertEquals(1, count);
        }
    }

    @Test
    void whatTheSinkThrowsComesOut() throws StageException {
        try (var failing = new RtpPacketizer(packet -> {
            throw new IllegalStateException("full");
        })) {
            failing.format(h264(), false);
            var memory = HostMemory.allocate(24);
            memory.writable(0).put(0, annexB(unit(1, 20)));
            var packet = Packet.over(memory)
                    .stamp(Stamp.of("test/cam:video", 0, 0, 0, 0, 0))
                    .pts(0)
                    .build();
            assertEquals(
                    "full",
                    assertThrows(IllegalStateException.class, () -> failing.packetize(packet, 0))
                            .getMessage());
            packet.release();
        }
    }

    @Test
    void opusAlwaysHasAClockOf48kHzAndStereo_7587_4_1() throws StageException {
        var media = RtpMedia.of(PacketFormat.of(MediaKind.AUDIO, "opus")
                .sampleRate(16_000)
                .channels(1)
                .timeBase(new TimeBase(1, 16_000))
                .build());
        assertEquals(48_000, media.clockRate());
        assertEquals("opus/48000/2", media.rtpmap());
    }

    @Test
    void aacOfMpegTsGetsItsConfiguration_3640_4_1() throws StageException {
        var media = RtpMedia.of(PacketFormat.of(MediaKind.AUDIO, "aac")
                .sampleRate(44_100)
                .channels(2)
                .timeBase(new TimeBase(1, 44_100))
                .build());
        assertEquals("MPEG4-GENERIC/44100/2", media.rtpmap());
        assertTrue(media.attributes().get(media.attributes().size() - 1).contains("config=1210"), media.toString());
    }

    @Test
    void theFirstPacketOfSoundHasTheTimeOfTheFirstUnitThoughItComesWithTheSecond_3640_3_2_1() throws StageException {
        packetizer.format(aac(), false);
        for (int i = 0; i < 3; i++) {
            send(5000 + 1024 * i, true, new byte[200]);
        }
        assertEquals(
                List.of(5000, 6024),
                packets.stream()
                        .map(packet -> packet.getInt(4) - packetizer.timestampOrigin())
                        .toList());
    }

    @Test
    void aUnitOfSoundThatIsLargerThanAPacketIsFragmented_3640_3_2_3() throws StageException {
        packetizer.format(aac(), false);
        int size = 3000;
        for (int i = 0; i < 2; i++) {
            send(1024 * i, true, new byte[size]);
        }
        var fragments = packets.stream()
                .filter(packet -> packet.getInt(4) == packetizer.timestampOrigin())
                .toList();
        assertEquals(3, fragments.size());
        assertEquals(
                List.of(false, false, true),
                fragments.stream().map(RtpPacketizerTest::marker).toList());
        int carried = 0;
        for (var fragment : fragments) {
            assertTrue(fragment.remaining() <= RtpPacketizer.PACKET_SIZE);
            assertEquals(16, fragment.getShort(HEADER), "one header, of as many bits");
            assertEquals(size, (fragment.getShort(HEADER + 2) & 0xffff) >> 3, "of the whole unit in each");
            carried += fragment.remaining() - HEADER - 4;
        }
        assertEquals(size, carried);
    }

    /** Without a configuration FFmpeg takes it that packets have ADTS headers. */
    private static PacketFormat aac() {
        return PacketFormat.of(MediaKind.AUDIO, "aac")
                .sampleRate(48_000)
                .channels(2)
                .extradata(ByteBuffer.wrap(new byte[] {0x11, (byte) 0x90}))
                .timeBase(new TimeBase(1, 48_000))
                .build();
    }

    @Test
    void timestampsOfBFramesGoBackWhileSequenceNumbersRise_6184_5_1() throws StageException {
        packetizer.format(h264(), false);
        long[] shown = {3600, 14_400, 7200, 10_800, 25_200, 18_000};
        for (long pts : shown) {
            send(pts, false, annexB(unit(1, 20)));
        }
        for (int i = 0; i < shown.length; i++) {
            assertEquals(
                    packetizer.timestampOrigin() + (int) shown[i],
                    packets.get(i).getInt(4));
            assertEquals(
                    (packets.get(0).getShort(2) + i) & 0xffff, packets.get(i).getShort(2) & 0xffff);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcm_mulaw", "pcm_s16be", "opus", "adpcm_g726"})
    void soundOfWhichTooLittleIsKnownIsInvalidRatherThanTheProcessesEnd(String codec) {
        var format = PacketFormat.of(MediaKind.AUDIO, codec)
                .sampleRate(8000)
                .channels(codec.equals("adpcm_g726") ? 1 : 0)
                .build();
        var error = assertThrows(StageException.class, () -> packetizer.format(format, false));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertTrue(error.getMessage().contains(codec), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"pcm_mulaw, 1400", "pcm_s16be, 700", "pcm_s24be, 500", "adpcm_g722, 300"})
    void soundWithMoreChannelsThanFitIntoAPacketIsInvalidRatherThanEndless(String codec, int channels) {
        var format = PacketFormat.of(MediaKind.AUDIO, codec)
                .sampleRate(48_000)
                .channels(channels)
                .build();
        var error = assertThrows(StageException.class, () -> packetizer.format(format, false));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertTrue(error.getMessage().contains(channels + " channels"), error.getMessage());
    }

    /** Cameras put many into one packet, and depacketisers leave them together: more than there is room for in one of ours. */
    @Test
    void framesOfAmrThatCameTogetherGoInTheirOwnPackets_4867_4_3_1() throws StageException {
        packetizer.format(amr(), false);
        int frame = 61;
        var together = new byte[30 * frame];
        for (int i = 0; i < 30; i++) {
            together[i * frame] = 8 << 3 | 4;
            java.util.Arrays.fill(together, i * frame + 1, (i + 1) * frame, (byte) i);
        }
        send(0, true, together);
        send(30 * 320, true, new byte[] {15 << 3 | 4});
        assertEquals(30, packets.size());
        for (int i = 0; i < 30; i++) {
            var packet = packets.get(i);
            assertEquals(HEADER + 1 + frame, packet.remaining());
            assertEquals(i * 320, packet.getInt(4) - packetizer.timestampOrigin());
            assertEquals(8 << 3 | 4, packet.get(HEADER + 1));
            assertEquals((byte) i, packet.get(HEADER + frame));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "44", "54", "7c3c"})
    void whatIsNoFrameOfAmrIsLeftOut_4867_5_3(String unit) throws StageException {
        packetizer.format(amr(), false);
        send(0, true, HexFormat.of().parseHex(unit));
        assertEquals(0, packets.size());
    }

    private static PacketFormat amr() {
        return PacketFormat.of(MediaKind.AUDIO, "amr_wb")
                .sampleRate(16_000)
                .channels(1)
                .timeBase(new TimeBase(1, 16_000))
                .build();
    }

    @Test
    void whatHasNoNameInADescriptionIsInvalid() {
        var format = PacketFormat.of(MediaKind.AUDIO, "pcm_s16le")
                .sampleRate(48_000)
                .channels(2)
                .build();
        var error = assertThrows(StageException.class, () -> packetizer.format(format, false));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertTrue(error.getMessage().contains("pcm_s16le"), error.getMessage());
    }

    @Test
    void codecsWithAStaticTypeKeepIt_3551_6() throws StageException {
        assertEquals(
                0,
                RtpMedia.of(PacketFormat.of(MediaKind.AUDIO, "pcm_mulaw")
                                .sampleRate(8000)
                                .channels(1)
                                .timeBase(new TimeBase(1, 8000))
                                .build())
                        .payloadType());
        assertEquals(
                26,
                RtpMedia.of(PacketFormat.of(MediaKind.VIDEO, "mjpeg")
                                .width(64)
                                .height(64)
                                .timeBase(TimeBase.RTP_VIDEO)
                                .build())
                        .payloadType());
    }

    @Test
    void aCodecWithoutAPayloadFormatIsInvalid() {
        var error = assertThrows(
                StageException.class,
                () -> packetizer.format(
                        PacketFormat.of(MediaKind.VIDEO, "ffv1")
                                .width(64)
                                .height(64)
                                .build(),
                        false));
        assertEquals(StageException.Kind.INVALID, error.kind());
    }
}
