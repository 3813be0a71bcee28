/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpPortTest {

    private static Map<String, String> properties(String port) {
        return new HashMap<>(Map.of(
                "levada.etc", "/etc/levada",
                "org.apache.felix.http.host", "127.0.0.1",
                "org.osgi.service.http.port", port));
    }

    @Test
    void aPortInUseIsNamedAndTheNodeGoesWithoutConsole() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var properties = properties(Integer.toString(other.getLocalPort()));
            var said = HttpPort.claim(properties).orElseThrow();
            assertTrue(said.contains("127.0.0.1:" + other.getLocalPort()), said);
            assertTrue(said.contains("/etc/levada/levada.properties"), said);
            assertEquals("false", properties.get("org.apache.felix.http.enable"));
        }
    }

    @Test
    void aFreePortIsLeftToTheServer() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            free = socket.getLocalPort();
        }
        var properties = properties(Integer.toString(free));
        assertEquals(Optional.empty(), HttpPort.claim(properties));
        assertFalse(properties.containsKey("org.apache.felix.http.enable"));
    }

    @Test
    void aRangeIsTheServersToChooseFrom() {
        assertEquals(Optional.empty(), HttpPort.claim(properties("[8000,8100]")));
    }
}
