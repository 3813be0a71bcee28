/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_buffer_is_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_is_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jctools.queues.MpmcArrayQueue;

/**
 * One native reference of a picture or a run of audio, made by {@link Frames#adopt}: a reference into the pool of the
 * decoder or filter that made it. The AVFrame structs are recycled.
 */
public final class FrameMemory extends Memory {

    private static final int KEPT = 1024;
    private static final byte POISON = (byte) 0xDB;

    /** Shells with a blank AVFrame; each remembers its last layout, most likely the next one's. */
    private static final MpmcArrayQueue<FrameMemory> FREE = new MpmcArrayQueue<>(KEPT);

    private final AVFrame frame;
    private FrameLayout layout;
    private AtomicReferenceArray<ByteBuffer> views = new AtomicReferenceArray<>(0);
    private Optional<DeviceFrame> onDevice = Optional.empty();

    private FrameMemory(AVFrame frame) {
        super(0);
        this.frame = frame;
    }

    /** Moves the reference out of the frame, which is blank afterwards. */
    static FrameMemory of(AVFrame filled) {
        var memory = FREE.relaxedPoll();
        if (memory == null) {
            memory = new FrameMemory(Objects.requireNonNull(av_frame_alloc(), "out of memory"));
        }
        av_frame_move_ref(memory.frame, filled);
        if (memory.layout == null || !memory.layout.fits(memory.frame)) {
            memory.layout = FrameLayout.of(memory.frame);
            memory.views = new AtomicReferenceArray<>(memory.layout.sizes.length);
        }
        memory.revive();
        return memory;
    }

    /** What libav does not say of it, before it is known to others. */
    void on(DeviceFrame device) {
        onDevice = Optional.of(device);
    }

    /** Frees the idle structs, at the bundle's stop. */
    static void trim() {
        for (var memory = FREE.poll(); memory != null; memory = FREE.poll()) {
            av_frame_free(memory.frame);
        }
    }

    /** The native frame, for {@code av_frame_ref} and for looking at its side data; shared, so nobody changes it. */
    public AVFrame frame() {
        return frame;
    }

    /** Bytes from row to row of each plane, for {@code VideoFrame.over}; shared by all frames alike. */
    public int[] strides() {
        return layout.strides;
    }

    @Override
    public Kind kind() {
        return layout.kind;
    }

    @Override
    public int device() {
        return onDevice.map(DeviceFrame::device).orElse(0);
    }

    @Override
    public long readyEvent() {
        return onDevice.map(DeviceFrame::readyEvent).orElse(0L);
    }

    @Override
    public int planes() {
        return layout.sizes.length;
    }

    /** Up to the end of the last row's picture: what lies behind it belongs to nobody. */
    @Override
    public long size(int plane) {
        return layout.sizes[plane];
    }

    @Override
    public long bytes() {
        return layout.bytes;
    }

    @Override
    public long address(int plane) {
        return data(plane).address();
    }

    private BytePointer data(int plane) {
        Objects.checkIndex(plane, layout.sizes.length);
        return frame.extended_data(plane);
    }

    @Override
    public ByteBuffer plane(int plane) {
        var buffer = views.get(plane);
        if (buffer == null) {
            if (layout.kind != Kind.HOST) {
                throw new IllegalStateException(
                        "the frame is in " + layout.kind + " memory; put a download stage in between");
            }
            buffer = data(plane)
                    .capacity(layout.sizes[plane])
                    .asByteBuffer()
                    .asReadOnlyBuffer()
                    .order(ByteOrder.nativeOrder());
            views.set(plane, buffer);
        }
        return buffer;
    }

    @Override
    protected void deallocate() {
        for (int i = 0; i < views.length(); i++) {
            views.setPlain(i, null);
        }
        if (LeakDetector.level() == LeakDetector.Level.ALL && layout.kind == Kind.HOST) {
            poison();
        }
        av_frame_unref(frame);
        var device = onDevice;
        onDevice = Optional.empty();
        device.ifPresent(DeviceFrame::release);
        if (!FREE.relaxedOffer(this)) {
            av_frame_free(frame);
        }
    }

    /** In tests: who reads it after its last release sees garbage instead of luck. A decoder's reference stays whole. */
    private void poison() {
        var buffer = frame.buf(0);
        if (buffer != null && av_buffer_is_writable(buffer) == 1 && av_frame_is_writable(frame) == 1) {
            for (int plane = 0; plane < planes(); plane++) {
                Pointer.memset(data(plane), POISON, layout.sizes[plane]);
            }
        }
    }
}
