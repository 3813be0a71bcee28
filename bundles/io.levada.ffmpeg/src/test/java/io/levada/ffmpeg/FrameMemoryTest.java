/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.Alloc_long;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameMemoryTest {

    private static final Stamp STAMP = Stamp.of("test/source:video", 0, 0, 0, 0, 0);

    private final AVFrame frame = av_frame_alloc();

    @BeforeEach
    void trackMemory() {
        LeakDetector.level(LeakDetector.Level.ALL);
        LeakDetector.reset();
    }

    @AfterEach
    void nothingIsHeld() {
        av_frame_free(frame);
        assertEquals(List.of(), LeakDetector.live());
        assertEquals(0, BorrowedMemory.lent());
    }

    private AVFrame picture(String pixels, int width, int height) {
        frame.format(av_get_pix_fmt(pixels)).width(width).height(height);
        assertEquals(0, av_frame_get_buffer(frame, 64));
        return frame;
    }

    @ParameterizedTest
    @CsvSource({
        "yuv420p, 101, 75, 3, 101, 51, 51, 38",
        "yuv422p, 101, 75, 3, 101, 51, 51, 75",
        "yuv444p10le, 101, 75, 3, 202, 202, 202, 75",
        "nv12, 101, 75, 2, 101, 102, 0, 38",
        "p010le, 101, 75, 2, 202, 204, 0, 38",
        "yuva420p, 101, 75, 4, 101, 51, 51, 38",
        "rgb24, 101, 75, 1, 303, 0, 0, 0",
        "gbrp, 101, 75, 3, 101, 101, 101, 75",
        "gray, 101, 75, 1, 101, 0, 0, 0",
        "pal8, 101, 75, 2, 101, 1024, 0, 1"
    })
    void planesAreAsLongAsTheirPicture(
            String pixels, int width, int height, int planes, int row0, int row1, int row2, int chromaRows) {
        picture(pixels, width, height);
        int[] strides = {frame.linesize(0), frame.linesize(1), frame.linesize(2)};
        var memory = Frames.adopt(frame);
        assertEquals(planes, memory.planes());
        assertEquals((long) strides[0] * (height - 1) + row0, memory.size(0));
        if (row1 > 0) {
            assertEquals((long) strides[1] * (chromaRows - 1) + row1, memory.size(1));
        }
        if (row2 > 0) {
            assertEquals((long) strides[2] * (chromaRows - 1) + row2, memory.size(2));
        }
        for (int plane = 0; plane < planes; plane++) {
            assertEquals(memory.size(plane), memory.plane(plane).limit());
            assertTrue(memory.plane(plane).isReadOnly());
        }
        memory.release();
    }

    @Test
    void theReferenceMovesWithoutACopy() {
        long address = picture("yuv420p", 64, 48).data(1).address();
        var memory = Frames.adopt(frame);
        assertEquals(address, memory.address(1));
        assertEquals(0, frame.width(), "what it came in is blank");
        memory.release();
    }

    @Test
    void framesThatLieAlikeShareTheirStrides() {
        var first = Frames.adopt(picture("yuv420p", 64, 48));
        int[] strides = first.strides();
        first.release();
        boolean shared = false;
        for (int i = 0; i < 2000 && !shared; i++) {
            var next = Frames.adopt(picture("yuv420p", 64, 48));
            shared = next.strides() == strides;
            assertArrayEquals(strides, next.strides());
            next.release();
        }
        assertTrue(shared);
    }

    @Test
    void aPictureUpsideDownIsTurned() {
        picture("gray", 64, 4);
        for (int row = 0; row < 4; row++) {
            frame.data(0).put((long) row * frame.linesize(0), (byte) row);
        }
        int stride = frame.linesize(0);
        frame.data(0, frame.data(0).position(3L * stride)).linesize(0, -stride);
        var memory = Frames.adopt(frame);
        assertEquals(3, memory.plane(0).get(0));
        assertEquals(0, memory.plane(0).get(3 * memory.strides()[0]));
        memory.release();
    }

    @Test
    void planarSoundHasAPlaneForEachChannel() {
        frame.format(AV_SAMPLE_FMT_FLTP).sample_rate(48_000).nb_samples(960);
        av_channel_layout_default(frame.ch_layout(), 12);
        assertEquals(0, av_frame_get_buffer(frame, 0));
        frame.extended_data(11).putFloat(0.25f);
        var memory = Frames.adopt(frame);
        assertEquals(12, memory.planes(), "more than the frame's own pointers have room for");
        assertEquals(3840, memory.size(11));
        assertEquals(0.25f, memory.plane(11).getFloat(0));
        memory.release();
    }

    @Test
    void javasPicturesAreLentAndGivenBack() {
        var format = VideoFormat.of(64, 48, PixelFormat.YUV420P)
                .colorRange("pc")
                .sampleAspectRatio(new Rational(4, 3))
                .build();
        var memory = HostMemory.allocate(64 * 48, 32 * 24, 32 * 24);
        memory.writable(1).put(5, (byte) 77);
        var sample = VideoFrame.over(memory, format, 64, 32, 32)
                .stamp(STAMP)
                .pts(9)
                .duration(3)
                .build();
        Frames.reference(sample, frame);
        sample.release();
        assertEquals(77, frame.data(1).get(5));
        assertEquals(0, frame.data(1).address() % 64, "where vector instructions want it");
        assertEquals(AVCOL_RANGE_JPEG, frame.color_range());
        assertEquals(9, frame.pts());
        assertEquals(3, BorrowedMemory.lent());
        assertEquals(3, memory.references(), "one for each plane");
        var second = av_frame_alloc();
        av_frame_ref(second, frame);
        av_frame_unref(frame);
        assertEquals(3, memory.references(), "libav still holds it");
        assertEquals(0, av_frame_is_writable(second), "nobody writes into it");
        av_frame_free(second);
        assertEquals(0, memory.references());
    }

    @Test
    void javasSoundIsCopied() {
        var format = AudioFormat.of(48_000, 2, SampleFormat.S16P)
                .channelLayout("stereo")
                .build();
        var memory = HostMemory.allocate(20, 20);
        memory.writable(1).putShort(18, (short) 1234);
        var sample = AudioFrame.over(memory, format, 10).stamp(STAMP).pts(9).build();
        Frames.reference(sample, frame);
        sample.release();
        assertEquals(10, frame.nb_samples());
        assertEquals(2, frame.ch_layout().nb_channels());
        assertEquals(1234, frame.extended_data(1).capacity(20).asByteBuffer().getShort(18));
    }

    @Test
    void ofAPlaneLargerThanTheSoundOnlyTheSoundIsCopied() {
        var format = AudioFormat.of(48_000, 2, SampleFormat.S16)
                .channelLayout("stereo")
                .build();
        var memory = HostMemory.allocate(100_000);
        memory.writable(0).putShort(38, (short) 1234);
        var sample = AudioFrame.over(memory, format, 10).stamp(STAMP).build();
        Frames.reference(sample, frame);
        sample.release();
        assertEquals(1234, frame.data(0).capacity(40).asByteBuffer().getShort(38));
    }

    @Test
    void aPlaneSmallerThanItsFormatNeverReachesLibav() {
        var sound = AudioFrame.over(
                        HostMemory.allocate(20, 19),
                        AudioFormat.of(48_000, 2, SampleFormat.S16P).build(),
                        10)
                .stamp(STAMP)
                .build();
        assertThrows(IllegalArgumentException.class, () -> Frames.reference(sound, frame));
        sound.release();
        av_frame_unref(frame);
        var picture = VideoFrame.over(
                        HostMemory.allocate(64 * 48, 32 * 24, 32 * 23),
                        VideoFormat.of(64, 48, PixelFormat.YUV420P).build(),
                        64,
                        32,
                        32)
                .stamp(STAMP)
                .build();
        assertThrows(IllegalArgumentException.class, () -> Frames.reference(picture, frame));
        picture.release();
    }

    @Test
    void aNativeReferenceSharesThePicture() {
        var memory = Frames.adopt(picture("yuv420p", 64, 48));
        var formats = new FrameFormats(TimeBase.MILLIS, Rational.UNKNOWN);
        var sample = VideoFrame.over(memory, formats.video(memory.frame()), memory.strides())
                .stamp(STAMP)
                .pts(5)
                .build();
        Frames.reference(sample, frame);
        assertEquals(memory.address(2), frame.data(2).address());
        assertEquals(5, frame.pts());
        sample.release();
    }

    @Test
    void theFormatIsTheSameInstanceUntilSomethingChanges() {
        picture("yuv420p", 64, 48).color_range(AVCOL_RANGE_MPEG).colorspace(AVCOL_SPC_BT709);
        frame.sample_aspect_ratio(av_make_q(4, 3));
        var formats = new FrameFormats(TimeBase.RTP_VIDEO, new Rational(25, 1));
        var first = formats.video(frame);
        assertEquals("tv", first.colorRange());
        assertEquals("bt709", first.colorSpace());
        assertEquals("unknown", first.colorTransfer());
        assertEquals(new Rational(4, 3), first.sampleAspectRatio());
        assertSame(first, formats.video(frame));
        frame.colorspace(AVCOL_SPC_BT470BG);
        var second = formats.video(frame);
        assertNotEquals(first, second);
        assertSame(second, formats.video(frame));
        frame.sample_aspect_ratio(av_make_q(0, 1));
        assertEquals(Rational.UNKNOWN, formats.video(frame).sampleAspectRatio());
    }

    @Test
    void inTestsReleasedPicturesArePoisonedUnlessTheDecoderNeedsThem() {
        var pool = av_buffer_pool_init(64 * 48, (Alloc_long) null); // what is given back stays mapped
        var buffer = av_buffer_pool_get(pool);
        frame.format(AV_PIX_FMT_GRAY8).width(64).height(48).linesize(0, 64);
        frame.buf(0, buffer).data(0, buffer.data());
        frame.data(0).put(7, (byte) 7);
        var decoders = av_frame_alloc();
        av_frame_ref(decoders, frame);
        var first = Frames.adopt(frame);
        var bytes = first.plane(0);
        first.release();
        assertEquals(7, bytes.get(7));
        Frames.adopt(decoders).release();
        assertEquals((byte) 0xDB, bytes.get(7));
        av_frame_free(decoders);
        av_buffer_pool_uninit(pool);
    }
}
