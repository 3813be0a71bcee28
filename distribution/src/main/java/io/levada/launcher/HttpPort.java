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
import java.util.regex.Pattern;

/**
 * Looks whether the console's port is free before Jetty does, which tells of one in use by stack traces and a fault of its
 * own. A node without a console is a node all the same.
 */
final class HttpPort {

    private static final String PORT = "org.osgi.service.http.port";
    private static final int HIGHEST = 65_535;

    /** As the server has it, where either end may be left open. */
    private static final Pattern RANGE = Pattern.compile("[\\[(](\\d{0,5}),(\\d{0,5})[\\])]");

    private static final String ENABLE = "org.apache.felix.http.enable";

    private HttpPort() {}

    /**
     * Refuses what is no port: the server would take a port of its own instead, and tell nobody.
     *
     * @throws LauncherException naming the key, the file and what can be there
     */
    static void check(Map<String, String> properties) {
        var port = properties.get(PORT).strip();
        var range = RANGE.matcher(port);
        boolean one = port.matches("\\d{1,5}") && Integer.parseInt(port) <= HIGHEST;
        boolean some =
                range.matches() && number(range.group(1), 1) <= Math.min(number(range.group(2), HIGHEST), HIGHEST);
        if (!one && !some && !port.equals("*") && !port.equals("-1")) {
            throw new LauncherException(PORT + " is '" + port + "', which is no port: set it in "
                    + properties.get("levada.etc") + "/levada.properties (or LEVADA_OPTS) to 1 to 65535, to 0 for any"
                    + " free port, to a range such as [8000,8100], or to -1 for no console");
        }
        properties.put(PORT, port);
    }

    private static int number(String digits, int otherwise) {
        return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }

    /**
     * Takes HTTP out of the properties if its port can't be had.
     *
     * @return what to tell the user about it
     */
    static Optional<String> claim(Map<String, String> properties) {
        var host = properties.get("org.apache.felix.http.host");
        var port = properties.get(PORT);
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
                    + e.getMessage() + "); free the port or set " + PORT + " in "
                    + properties.get("levada.etc") + "/levada.properties, then start the node again");
        }
    }
}
