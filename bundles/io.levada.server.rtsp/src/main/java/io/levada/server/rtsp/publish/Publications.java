/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.server.PublisherStatus;
import io.levada.api.stage.StageException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The paths that streams may be published to. They may be served under the same ones. Thread-safe. */
public final class Publications {

    private final ConcurrentHashMap<String, Publication> byPath = new ConcurrentHashMap<>();

    /**
     * Opens a path. It may take the path over from an instance of the same stage that it replaces.
     *
     * @throws StageException of kind RETRY while another stage takes what is published there
     */
    public void add(Publication publication) throws StageException {
        var present = byPath.compute(
                publication.path(),
                (path, other) -> other == null || other.owner().equals(publication.owner()) ? publication : other);
        if (present != publication) {
            throw StageException.retry("what is published to " + publication.path() + " goes to " + present.owner())
                    .parameter("path")
                    .remedy("choose another path, or take from that stage: from = " + present.owner());
        }
    }

    /** Closes it, unless another one took its path over; its publisher is sent away. */
    public void remove(Publication publication, String reason) {
        byPath.remove(publication.path(), publication);
        publication.close(reason);
    }

    public Optional<Publication> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** Who publishes at this moment, the oldest first. */
    public List<PublisherStatus> publishers() {
        return byPath.values().stream()
                .flatMap(publication -> PublisherInfo.of(publication).stream())
                .sorted(Comparator.comparing(PublisherStatus::since))
                .toList();
    }

    /** Closes all of them. */
    public void close(String reason) {
        byPath.values().forEach(publication -> remove(publication, reason));
    }
}
