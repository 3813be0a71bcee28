/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.server.rtsp.auth.Permission;
import java.util.Optional;

/**
 * How a stream is served.
 *
 * @param join what a new reader gets first
 * @param gopBytes a GOP that is larger is not kept for new readers
 * @param gopTime a GOP that is longer is not kept, nanoseconds
 * @param queueBytes how far a reader may be behind before it is skipped forward
 * @param queueTime the same, nanoseconds
 * @param patience a reader that did not catch up for so long is evicted, nanoseconds
 * @param readers who may read it, if it says so itself
 */
public record MountSettings(
        Join join,
        long gopBytes,
        long gopTime,
        long queueBytes,
        long queueTime,
        long patience,
        Optional<Permission> readers) {}
