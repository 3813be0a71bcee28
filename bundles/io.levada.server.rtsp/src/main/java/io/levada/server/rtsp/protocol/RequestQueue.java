/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a connection's requests done one after the other, in their order, on its event loop; answers may come on any thread. */
final class RequestQueue {

    private static final Logger LOG = LoggerFactory.getLogger(RequestQueue.class);

    private static final int MOST_WAITING = 32;

    private final EventLoop loop;
    private final BiConsumer<RtspRequest, Consumer<RtspResponse>> requests;
    private final BiConsumer<RtspRequest, RtspResponse> answers;
    private final ArrayDeque<RtspRequest> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean closed;

    /**
     * @param requests does one; the answer is to be given once
     * @param answers where they go, on the loop
     */
    RequestQueue(
            EventLoop loop,
            BiConsumer<RtspRequest, Consumer<RtspResponse>> requests,
            BiConsumer<RtspRequest, RtspResponse> answers) {
        this.loop = loop;
        this.requests = requests;
        this.answers = answers;
    }

    /** False if too many wait already. */
    boolean add(RtspRequest request) {
        if (waiting.size() >= MOST_WAITING) {
            return false;
        }
        waiting.add(request);
        next();
        return true;
    }

    private void next() {
        while (!busy && !closed && !waiting.isEmpty()) {
            busy = true;
            var request = waiting.poll();
            Consumer<RtspResponse> answer = response -> answer(request, response);
            Requests.guarded(answer, () -> requests.accept(request, answer));
        }
    }

    private void answer(RtspRequest request, RtspResponse response) {
        if (loop.inEventLoop()) {
            answers.accept(request, response);
            busy = false;
            next();
        } else {
            try {
                loop.execute(() -> answer(request, response));
            } catch (RejectedExecutionException e) {
                LOG.debug("the server has stopped");
            }
        }
    }

    /** What waits is not done any more. */
    void close() {
        closed = true;
        waiting.clear();
    }
}
