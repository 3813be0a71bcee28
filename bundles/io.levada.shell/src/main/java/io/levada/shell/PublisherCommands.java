/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.server.PublisherStatus;
import io.levada.api.server.Publishers;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The Gogo command that shows who publishes. Like {@link Commands}, it gives text back or throws. */
@Component(
        service = PublisherCommands.class,
        property = {"osgi.command.scope=levada", "osgi.command.function=publishers"})
public final class PublisherCommands {

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<Publishers> servers = List.of();

    public PublisherCommands() {}

    /** For tests. */
    PublisherCommands(List<Publishers> servers) {
        this.servers = servers;
    }

    @Descriptor("shows who publishes streams to the node's servers")
    public String publishers() {
        var present = servers.stream()
                .flatMap(server -> server.publishers().stream())
                .sorted(Comparator.comparing(PublisherStatus::since))
                .toList();
        return present.isEmpty() ? "nobody publishes" : text(present, Instant.now());
    }

    private static String text(List<PublisherStatus> publishers, Instant now) {
        var table = new Table("PATH", "FROM", "VIA", ">SINCE", ">PACKETS", ">BYTES", ">LOST", "TAKEN BY");
        for (var publisher : publishers) {
            table.row(
                    publisher.path(),
                    publisher.user().isEmpty() ? publisher.address() : publisher.user() + " " + publisher.address(),
                    publisher.transport(),
                    Units.age(Duration.between(publisher.since(), now)),
                    publisher.packets(),
                    publisher.bytes(),
                    publisher.lost(),
                    publisher.pipeline() + "/" + publisher.stage());
        }
        return table.toString().stripTrailing();
    }
}
