/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.server.PublisherStatus;
import java.time.Instant;
import java.util.Optional;

/** A publisher as others see it at one moment. */
record PublisherInfo(
        String transport,
        String pipeline,
        String stage,
        String path,
        String user,
        String address,
        Instant since,
        long packets,
        long bytes,
        long lost)
        implements PublisherStatus {

    /** Who publishes there, if somebody does. */
    static Optional<PublisherStatus> of(Publication publication) {
        var owner = publication.owner();
        int slash = owner.indexOf('/');
        return publication
                .current()
                .map(publisher -> new PublisherInfo(
                        publisher.transport(),
                        owner.substring(0, Math.max(0, slash)),
                        owner.substring(slash + 1),
                        publication.path(),
                        publisher.user(),
                        publisher.client(),
                        publisher.since(),
                        publisher.packets(),
                        publisher.bytes(),
                        publisher.lost()));
    }
}
