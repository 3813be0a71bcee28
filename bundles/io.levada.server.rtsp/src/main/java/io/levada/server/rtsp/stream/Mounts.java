/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.api.stage.StageException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The streams there are, by path. Thread-safe. */
public final class Mounts {

    private final ConcurrentHashMap<String, Mount> byPath = new ConcurrentHashMap<>();

    /**
     * Puts a stream under its path. It may take the path over from an instance of the same stage that it replaces.
     *
     * @throws StageException of kind RETRY while another stage serves the path: it may be taken away
     */
    public void add(Mount mount) throws StageException {
        var present = byPath.compute(
                mount.path(), (path, other) -> other == null || other.owner().equals(mount.owner()) ? mount : other);
        if (present != mount) {
            throw StageException.retry(mount.path() + " is already served by " + present.owner())
                    .parameter("path")
                    .remedy("choose another path, or take that stage away; this one then follows by itself");
        }
    }

    /** Takes it away, unless another one took its path over. */
    public void remove(Mount mount) {
        byPath.remove(mount.path(), mount);
    }

    public Optional<Mount> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    public Collection<Mount> all() {
        return byPath.values();
    }
}
