/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.server.PublisherStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code levada:publishers} shows. */
class PublisherCommandsTest {

    private record Published(String path, String user, Instant since) implements PublisherStatus {

        @Override
        public String transport() {
            return "udp";
        }

        @Override
        public String pipeline() {
            return "lobby";
        }

        @Override
        public String stage() {
            return "in";
        }

        @Override
        public String address() {
            return "192.0.2.7:51000";
        }

        @Override
        public long packets() {
            return 1200;
        }

        @Override
        public long bytes() {
            return 1_500_000;
        }

        @Override
        public long lost() {
            return 3;
        }
    }

    @Test
    void saysThatNobodyPublishes() {
        assertEquals("nobody publishes", new PublisherCommands(List.of(List::of)).publishers());
    }

    @Test
    void showsWhoPublishesTheOldestFirst() {
        var now = Instant.now();
        var young = new Published("/young", "", now.minusSeconds(5));
        var old = new Published("/old", "anna", now.minusSeconds(3 * 3600));
        var lines = new PublisherCommands(List.of(() -> List.of(young), () -> List.of(old)))
                .publishers()
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
        assertEquals("PATH FROM VIA SINCE PACKETS BYTES LOST TAKEN BY", lines.get(0));
        assertEquals("/old anna 192.0.2.7:51000 udp 3 h 0 min 1200 1500000 3 lobby/in", lines.get(1));
        assertEquals("/young 192.0.2.7:51000 udp 5 s 1200 1500000 3 lobby/in", lines.get(2));
    }
}
