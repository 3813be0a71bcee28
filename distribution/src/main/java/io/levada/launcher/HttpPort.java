/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;

/**
 * Looks whether the console's port is free before Jetty does, which tells of one in use by stack traces and a fault of its
 * own. A node without a console is a node all the same.
 */
final class HttpPort {

    private static final String ENABLE = "org.apache.felix.http.enable";

    private HttpPort() {}

    /**
     * Takes HTTP out of the properties if its port can't be had.
     *
     * @return what to tell the user about it
     */
    static Optional<String> claim(Map<String, String> properties) {
        var host = properties.get("org.apache.felix.http.host");
        var port = properties.get("org.osgi.service.http.port");
        if (!port.matches("[1-9][0-9]{0,4}") || "false".equals(properties.get(ENABLE))) {
            return Optional.empty(); // a range, any free port, or none
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, Integer.parseInt(port)));
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            properties.put(ENABLE, "false");
            return Optional.of("No console and no /health: " + host + ":" + port + " can't be listened at ("
                    + e.getMessage() + "); free the port or set org.osgi.service.http.port in "
                    + properties.get("levada.etc") + "/levada.properties, then start the node again");
        }
    }
}
