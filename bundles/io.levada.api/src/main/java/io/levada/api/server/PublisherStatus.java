/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** Who publishes a stream to a server, at one moment; figures count since it began. */
@ProviderType
public interface PublisherStatus {

    /** How packets travel: {@code udp} or {@code tcp}; others for other servers. */
    String transport();

    /** The pipeline that takes the stream. */
    String pipeline();

    /** The source's stage in that pipeline. */
    String stage();

    /** The path on the server that it publishes to. */
    String path();

    /** As whom it signed in; empty if it did not have to. */
    String user();

    /** Where it is: address and port. */
    String address();

    /** Since when it publishes. */
    Instant since();

    /** Packets that came. */
    long packets();

    /** Bytes that came. */
    long bytes();

    /** Packets that never came, as the numbers of the others tell. */
    long lost();
}
