/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Who reads one stream of a server, at one moment; figures count since it came. */
@ProviderType
public interface ReaderStatus {

    /** Unlike that of any other reader of the node since it started; says nothing that a client could use. */
    String id();

    /** {@code rtsp} or {@code rtsps}; others for other servers. */
    String protocol();

    /** How packets travel: {@code udp}, {@code tcp} or {@code multicast}; others for other servers. */
    String transport();

    /** The pipeline that brings the stream. */
    String pipeline();

    /** The server's stage in that pipeline. */
    String stage();

    /** The stream's path on the server. */
    String path();

    /** As whom it signed in; empty if it did not have to. */
    String user();

    /** Where it is: address and port. */
    String address();

    ReaderState state();

    /** Since when it is there. */
    Instant since();

    /** Packets handed to its socket; those to a multicast group count for everybody who reads them there. */
    long packets();

    /** Bytes handed to its socket, likewise. */
    long bytes();

    /** Packets that it was not sent because it was too slow. */
    long dropped();

    /** How often it was skipped forward to a keyframe. */
    long skips();

    /** Access units that wait for it. */
    long queued();

    /** The bytes of those; readers of a stream share them. */
    long queuedBytes();

    /** What it says of its reception; empty before it said anything. */
    Optional<Reception> reception();
}
