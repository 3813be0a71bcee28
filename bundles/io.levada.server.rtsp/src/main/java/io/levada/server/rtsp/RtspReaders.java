/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.server.EndedReader;
import io.levada.api.server.PublisherStatus;
import io.levada.api.server.Publishers;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Readers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Component;

/**
 * The readers and publishers of the server, while there is one: who lists them must not be what keeps the server listening. Thread-safe.
 */
@Component(service = {RtspReaders.class, Readers.class, Publishers.class})
public final class RtspReaders implements Readers, Publishers {

    private final AtomicReference<RtspServer> server = new AtomicReference<>();

    void of(RtspServer started) {
        server.set(started);
    }

    void gone(RtspServer stopped) {
        server.compareAndSet(stopped, null);
    }

    @Override
    public List<ReaderStatus> readers() {
        return Optional.ofNullable(server.get()).map(RtspServer::readers).orElse(List.of());
    }

    @Override
    public List<EndedReader> ended() {
        return Optional.ofNullable(server.get()).map(RtspServer::ended).orElse(List.of());
    }

    @Override
    public List<PublisherStatus> publishers() {
        return Optional.ofNullable(server.get()).map(RtspServer::publishers).orElse(List.of());
    }
}
