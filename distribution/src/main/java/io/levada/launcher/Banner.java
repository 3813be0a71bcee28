/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.PrintStream;
import java.util.List;

/** What a node in the foreground says once it is up. */
final class Banner {

    private final PrintStream out;

    Banner(PrintStream out) {
        this.out = out;
    }

    /**
     * Prints what runs and what to open.
     *
     * @param watch lines that come before the console's
     * @param credentials who may enter the console
     */
    void print(Node node, List<String> watch, String credentials) {
        out.printf(
                "Levada %s on Java %d, FFmpeg %s%s%n",
                Levada.version(), Runtime.version().feature(), node.ffmpegVersion(), node.gpu());
        for (int i = 0; i < watch.size(); i++) {
            out.printf("  %-9s %s%n", i == 0 ? "watch" : "", watch.get(i));
        }
        var address = node.httpAddress();
        out.printf(
                "  %-9s %s%n",
                "console",
                address.map(url -> url + "system/console      " + credentials).orElseGet(() -> noConsole(node)));
        if (address.isEmpty()) {
            out.printf("  %-9s %s%n", "user", credentials); // a new password is not shown again
        }
        out.printf("  %-9s %s%n", "stop", "Ctrl-C");
        out.flush();
    }

    private static String noConsole(Node node) {
        return "not there: port %s can't be used (org.osgi.service.http.port in %s/levada.properties)"
                .formatted(node.property("org.osgi.service.http.port"), node.property("levada.etc"));
    }
}
