/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** Memory that says it is elsewhere, and stages that put out frames in it. */
final class Device {

    private static final int SIZE = 64;
    private static final CountDownLatch GIVEN = new CountDownLatch(0);

    private Device() {}

    static VideoFormat format(Memory.Kind kind) {
        return VideoFormat.of(SIZE, SIZE, PixelFormat.NV12)
                .memory(kind)
                .timeBase(TimeBase.MILLIS)
                .build();
    }

    /** Can't be looked into, but on the host. */
    static final class Held extends Memory {

        private final Kind kind;

        Held(Kind kind) {
            this.kind = kind;
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public int planes() {
            return 1;
        }

        @Override
        public long size(int plane) {
            return SIZE;
        }

        @Override
        public long address(int plane) {
            return 0;
        }

        @Override
        public ByteBuffer plane(int plane) {
            if (kind != Kind.HOST) {
                throw new IllegalStateException("in memory of " + kind);
            }
            return ByteBuffer.allocate(SIZE);
        }

        @Override
        protected void deallocate() {}
    }

    /** A frame for each sample that comes, in its memory: a decoder, a download, an upload. */
    static final class Maker implements Transform<Sample> {

        private final Memory.Kind kind;
        private final long fatal;
        private final Opening opening;
        private final CountDownLatch signal;

        private interface Opening {
            void open() throws Exception;
        }

        /** @param fatal the time of the sample at which it fails, when the signal has been given */
        private Maker(Memory.Kind kind, long fatal, Opening opening, CountDownLatch signal) {
            this.kind = kind;
            this.fatal = fatal;
            this.opening = opening;
            this.signal = signal;
        }

        static Maker in(Memory.Kind kind) {
            return opening(kind, GIVEN);
        }

        /** It opens when the signal has been given. */
        static Maker opening(Memory.Kind kind, CountDownLatch signal) {
            return new Maker(kind, Long.MIN_VALUE, signal::await, GIVEN);
        }

        static Maker failing(Memory.Kind kind, long fatal) {
            return failing(kind, fatal, GIVEN);
        }

        static Maker failing(Memory.Kind kind, long fatal, CountDownLatch signal) {
            return new Maker(kind, fatal, GIVEN::await, signal);
        }

        static Maker closed(Memory.Kind kind) {
            return new Maker(
                    kind,
                    Long.MIN_VALUE,
                    () -> {
                        throw StageException.failed("no device");
                    },
                    GIVEN);
        }

        @Override
        public void open(StageContext context) throws Exception {
            opening.open();
        }

        @Override
        public void format(Input input, Format format, Output out) {
            out.format(Device.format(kind));
        }

        @Override
        public void process(Input input, Sample sample, Output out) throws Exception {
            if (sample.pts() == fatal) {
                signal.await();
                throw StageException.failed("the device is gone");
            }
            out.emit(VideoFrame.over(new Held(kind), Device.format(kind), SIZE)
                    .stamp(sample.stamp())
                    .pts(sample.pts())
                    .build());
        }

        @Override
        public void close() {}
    }
}
