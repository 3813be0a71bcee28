/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.HostMemory;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.test.FFmpegProgram;
import io.levada.ffmpeg.test.MediaFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How NAL units lie in packets: RFC 6184 (H.264) and, in other bits, RFC 7798 (H.265). */
class RtpUnitsTest {

    private static final int HEADER = 12;
    private static final int PAYLOAD = RtpPacketizer.PACKET_SIZE - HEADER;

    /** What the two codecs call the same things. */
    private enum Syntax {
        H264("h264", 1, 5, 1, 24, 28, "sprop-parameter-sets="),
        HEVC("hevc", 2, 19, 1, 48, 49, "sprop-sps=");

        private final String codec;
        private final int header;
        private final int keyframe;
        private final int picture;
        private final int aggregate;
        private final int fragment;
        private final String description;

        Syntax(String codec, int header, int keyframe, int picture, int aggregate, int fragment, String description) {
            this.codec = codec;
            this.header = header;
            this.keyframe = keyframe;
            this.picture = picture;
            this.aggregate = aggregate;
            this.fragment = fragment;
            this.description = description;
        }

        byte[] unit(int type, int size) {
            var unit = new byte[size];
            Arrays.fill(unit, (byte) 0x55);
            unit[0] = (byte) (this == H264 ? 0x60 | type : type << 1);
            unit[1] = this == H264 ? unit[1] : 1;
            return unit;
        }

        int type(ByteBuffer packet) {
            int first = packet.get(HEADER);
            return this == H264 ? first & 0x1f : first >> 1 & 0x3f;
        }
    }

    @TempDir
    static Path clips;

    private final List<ByteBuffer> packets = new ArrayList<>();
    private final RtpPacketizer packetizer = new RtpPacketizer(packet -> {
        var copy = ByteBuffer.allocate(packet.remaining());
        packets.add(copy.put(packet.duplicate()).flip());
    });

    @BeforeAll
    static void makeClips() {
        clip("h264", "-c:v libx264 -preset ultrafast");
        clip("hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none");
    }

    private static void clip(String name, String encoder) {
        FFmpegProgram.run(
                clips,
                ("-f lavfi -i testsrc2=size=64x64:rate=25:duration=0.2 " + encoder + " " + name + ".mp4").split(" "));
    }

    @AfterEach
    void close() {
        packetizer.close();
    }

    private RtpMedia begin(Syntax syntax) throws StageException {
        return packetizer.format(
                PacketFormat.of(MediaKind.VIDEO, syntax.codec)
                        .width(64)
                        .height(64)
                        .timeBase(TimeBase.RTP_VIDEO)
                        .build(),
                false);
    }

    private static byte[] annexB(byte[]... units) {
        var bytes = new ByteArrayOutputStream();
        for (var unit : units) {
            bytes.writeBytes(new byte[] {0, 0, 0, 1});
            bytes.writeBytes(unit);
        }
        return bytes.toByteArray();
    }

    private void send(byte[]... units) throws StageException {
        var data = annexB(units);
        var memory = HostMemory.allocate(data.length);
        memory.writable(0).put(0, data);
        var packet = Packet.over(memory)
                .stamp(Stamp.of("test/cam:video", 0, 0, 0, 0, 0))
                .pts(0)
                .dts(0)
                .build();
        packetizer.packetize(packet, 0);
        packet.release();
    }

    private List<Integer> types(Syntax syntax) {
        return packets.stream().map(syntax::type).toList();
    }

    private List<Boolean> markers() {
        return packets.stream().map(packet -> packet.get(1) < 0).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aSmallUnitIsAPacketByItself_6184_5_6_7798_4_4_1(Syntax syntax) throws StageException {
        begin(syntax);
        send(syntax.unit(syntax.picture, 500));
        assertEquals(List.of(syntax.picture), types(syntax));
        assertEquals(HEADER + 500, packets.get(0).limit());
        assertEquals(List.of(true), markers());
    }

    @ParameterizedTest
    @EnumSource
    void aUnitThatJustFitsIsWholeAndWithOneByteMoreItIsFragmented_6184_5_8_7798_4_4_3(Syntax syntax)
            throws StageException {
        begin(syntax);
        send(syntax.unit(syntax.picture, PAYLOAD));
        assertEquals(List.of(syntax.picture), types(syntax));
        assertEquals(RtpPacketizer.PACKET_SIZE, packets.get(0).limit());
        packets.clear();
        send(syntax.unit(syntax.picture, PAYLOAD + 1));
        assertEquals(List.of(syntax.fragment, syntax.fragment), types(syntax));
        assertEquals(List.of(false, true), markers());
    }

    @ParameterizedTest
    @EnumSource
    void fragmentsSayWhereTheUnitBeginsAndEnds_6184_5_8_7798_4_4_3(Syntax syntax) throws StageException {
        begin(syntax);
        send(syntax.unit(syntax.keyframe, 10_000));
        int bytes = 0;
        for (int i = 0; i < packets.size(); i++) {
            var packet = packets.get(i);
            boolean last = i == packets.size() - 1;
            int header = packet.get(HEADER + syntax.header);
            assertEquals(syntax.keyframe, header & (syntax == Syntax.H264 ? 0x1f : 0x3f));
            assertEquals(i == 0, (header & 0x80) != 0, "start");
            assertEquals(last, (header & 0x40) != 0, "end");
            assertEquals(last, packet.get(1) < 0, "marker");
            assertTrue(last || packet.limit() == RtpPacketizer.PACKET_SIZE);
            bytes += packet.limit() - HEADER - syntax.header - 1;
        }
        assertEquals(10_000 - syntax.header, bytes);
    }

    @ParameterizedTest
    @EnumSource
    void smallUnitsTravelTogether_6184_5_7_7798_4_4_2(Syntax syntax) throws StageException {
        begin(syntax);
        var first = syntax.unit(syntax.picture, 30);
        var second = syntax.unit(syntax.picture, 40);
        send(first, second);
        assertEquals(List.of(syntax.aggregate), types(syntax));
        var packet = packets.get(0).position(HEADER + syntax.header);
        for (var unit : List.of(first, second)) {
            var carried = new byte[packet.getShort()];
            packet.get(carried);
            assertEquals(ByteBuffer.wrap(unit), ByteBuffer.wrap(carried));
        }
        assertFalse(packet.hasRemaining());
    }

    @ParameterizedTest
    @EnumSource
    void anAggregateIsFollowedByAUnitThatFillsAPacket(Syntax syntax) throws StageException {
        begin(syntax);
        send(syntax.unit(syntax.picture, 30), syntax.unit(syntax.picture, 40), syntax.unit(syntax.keyframe, PAYLOAD));
        assertEquals(List.of(syntax.aggregate, syntax.keyframe), types(syntax));
        assertEquals(List.of(false, true), markers());
    }

    @ParameterizedTest
    @EnumSource
    void anAggregateIsNoLargerThanAPacket(Syntax syntax) throws StageException {
        begin(syntax);
        int half = (PAYLOAD - 2 * syntax.header - 4) / 2; // FFmpeg counts the aggregate's header twice
        send(syntax.unit(syntax.picture, half), syntax.unit(syntax.picture, half));
        assertEquals(List.of(syntax.aggregate), types(syntax));
        packets.clear();
        send(syntax.unit(syntax.picture, half + 1), syntax.unit(syntax.picture, half + 1));
        assertEquals(List.of(syntax.picture, syntax.picture), types(syntax));
    }

    @ParameterizedTest
    @EnumSource
    void parameterSetsAreInTheDescription_6184_8_2_1_7798_7_1(Syntax syntax) throws StageException {
        try (var file = MediaFile.open(clips.resolve(syntax.codec + ".mp4"))) {
            var attributes = RtpMedia.of(file.formats().get(0)).attributes();
            assertTrue(attributes.stream().anyMatch(line -> line.contains(syntax.description)), attributes.toString());
            assertEquals(
                    syntax == Syntax.H264,
                    attributes.stream().anyMatch(line -> line.contains("packetization-mode=1")),
                    attributes.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void parameterSetsGoInBandBeforeAKeyframeWhereReadersMayKnowOthers_6184_8_4(Syntax syntax) throws StageException {
        try (var file = MediaFile.open(clips.resolve(syntax.codec + ".mp4"))) {
            packetizer.format(file.formats().get(0), true);
            var keyframe = file.next(0);
            packetizer.packetize(keyframe, 0);
            keyframe.release();
        }
        assertEquals(syntax.aggregate, types(syntax).get(0), "the sets of mp4 are nowhere but in its header");
        assertFalse(markers().get(0));
        assertTrue(markers().get(packets.size() - 1));
    }
}
