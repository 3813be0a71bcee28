/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many may be connected. */
class ConnectionsTest {

    private static final int MOST_OF_PLACE = 3;

    private final Connections connections = new Connections(100, MOST_OF_PLACE, Long.MAX_VALUE);

    private static EmbeddedChannel from(String host) {
        return new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(host, 40_000);
            }
        };
    }

    private List<EmbeddedChannel> asMany(String host, int count) {
        var admitted = new ArrayList<EmbeddedChannel>();
        for (int i = 0; i < count; i++) {
            var channel = from(host);
            assertTrue(connections.admit(channel), host + " " + i);
            admitted.add(channel);
        }
        return admitted;
    }

    @Test
    void oneAddressDoesNotTakeThePlacesOfTheOthers() {
        asMany("192.0.2.1", MOST_OF_PLACE);
        var refused = from("192.0.2.1");
        assertFalse(connections.admit(refused));
        assertFalse(refused.isOpen());
        asMany("192.0.2.2", MOST_OF_PLACE);
    }

    @Test
    void whoLeavesMakesRoom() {
        var admitted = asMany("192.0.2.1", MOST_OF_PLACE);
        for (int i = 0; i < 10; i++) {
            assertFalse(connections.admit(from("192.0.2.1")), "those that are refused leave no count behind");
        }
        admitted.get(0).close();
        asMany("192.0.2.1", 1);
        assertFalse(connections.admit(from("192.0.2.1")));
    }

    @Test
    void anIpv6NetworkCountsAsOneAddress() {
        asMany("2001:db8::1", 1);
        asMany("2001:db8::2", 2);
        assertFalse(connections.admit(from("2001:db8::3")));
        asMany("2001:db8:0:1::3", 1);
    }

    @Test
    void programsOnThisMachineAreNotCountedByAddress() {
        assertEquals(50, asMany("127.0.0.1", 50).size());
    }
}
