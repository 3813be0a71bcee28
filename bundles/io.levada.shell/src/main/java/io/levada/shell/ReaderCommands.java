/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Readers;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The Gogo command that shows who reads. Like {@link Commands}, it gives text back or throws. */
@Component(
        service = ReaderCommands.class,
        property = {"osgi.command.scope=levada", "osgi.command.function=readers"})
public final class ReaderCommands {

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Readers> servers = List.of();

    public ReaderCommands() {}

    /** For tests. */
    ReaderCommands(List<Readers> servers) {
        this.servers = servers;
    }

    @Descriptor("shows who reads from the node's servers, and whom a server ended lately, with the reason")
    public String readers() {
        return text(reader -> true, "nobody reads");
    }

    @Descriptor("shows who reads one stream")
    public String readers(@Descriptor("the stream's path, such as /lobby") String path) {
        var full = path.startsWith("/") ? path : "/" + path;
        return text(reader -> reader.path().equals(full), "nobody reads " + full);
    }

    private String text(Predicate<ReaderStatus> wanted, String none) {
        var now = servers;
        var present = now.stream()
                .flatMap(server -> server.readers().stream())
                .filter(wanted)
                .toList();
        var ended = now.stream()
                .flatMap(server -> server.ended().stream())
                .filter(each -> wanted.test(each.reader()))
                .sorted(Comparator.comparing(EndedReader::at).reversed())
                .toList();
        return ReaderText.of(present, ended, none, Instant.now()).stripTrailing();
    }
}
