/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.cuda;

import io.levada.cuda.CudaEvent;
import io.levada.cuda.CudaStream;
import io.levada.ffmpeg.DeviceFrame;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The ready events of one decoder's frames, used again and again. Taken by the decoder's thread, given back by any. */
final class FrameEvents implements AutoCloseable {

    private final CudaStream stream;
    private final ConcurrentLinkedQueue<Ready> free = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    FrameEvents(CudaStream stream) {
        this.stream = stream;
    }

    /** Completes when what FFmpeg has started on the stream so far is done. */
    DeviceFrame next() {
        var ready = free.poll();
        if (ready == null) {
            ready = new Ready(stream.event());
        }
        ready.event.record();
        return ready;
    }

    /** What frames still have is freed when they are. */
    @Override
    public void close() {
        closed = true;
        for (var ready = free.poll(); ready != null; ready = free.poll()) {
            ready.event.close();
        }
    }

    private final class Ready implements DeviceFrame {

        private final CudaEvent event;

        Ready(CudaEvent event) {
            this.event = event;
        }

        @Override
        public int device() {
            return stream.device().index();
        }

        @Override
        public long readyEvent() {
            return event.number();
        }

        @Override
        public void release() {
            free.add(this);
            if (closed) {
                close();
            }
        }
    }
}
