/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Another machine as far as the network goes: a network namespace at the end of a virtual cable. It needs the rights of root,
 * {@code ip}, and {@code nft} for what gets lost.
 */
final class Network implements AutoCloseable {

    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");
    private static final int SECONDS = 20;

    private final String name;
    private final String prefix;

    private Network(String name, int number) {
        this.name = name;
        this.prefix = "10.213." + number + ".";
    }

    /**
     * @param name at most ten letters, of the namespace and the cable's ends
     * @param number of the network 10.213.N.0
     * @throws IOException saying why there can't be one
     */
    static Network open(String name, int number) throws IOException {
        for (var tool : List.of("ip", "nft")) {
            if (!new File("/usr/sbin/" + tool).canExecute()) {
                throw new IOException("there is no /usr/sbin/" + tool);
            }
        }
        var network = new Network(name, number);
        network.close(); // what a killed test left
        boolean made = network.ip("netns add " + name)
                && network.ip("link add " + name + "0 type veth peer name " + name + "1 netns " + name)
                && network.ip("addr add " + network.here() + "/24 dev " + name + "0")
                && network.ip("link set " + name + "0 up")
                && network.ip("-n " + name + " addr add " + network.prefix + "2/24 dev " + name + "1")
                && network.ip("-n " + name + " link set " + name + "1 up");
        if (!made) {
            network.close();
            throw new IOException("network namespaces are not permitted here");
        }
        return network;
    }

    private boolean ip(String words) throws IOException {
        var command = new ArrayList<>(List.of("/usr/sbin/ip"));
        command.addAll(List.of(words.split(" ")));
        return run(command).exit() == 0;
    }

    private static Programs.Result run(List<String> command) throws IOException {
        try {
            return Programs.run(SECONDS, command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** This machine's address in it. */
    String here() {
        return prefix + "1";
    }

    /** A command that runs at the other end. */
    List<String> there(String... command) {
        var words = new ArrayList<>(List.of("/usr/sbin/ip", "netns", "exec", name));
        words.addAll(List.of(command));
        return words;
    }

    /**
     * From now on every so many-th packet that comes to the other end is lost.
     *
     * @param which as nft has it, such as {@code meta l4proto tcp}
     */
    void lose(int each, String which) throws IOException {
        nft("add table inet loss");
        nft("add chain inet loss in { type filter hook input priority 0 ; }");
        nft("add rule inet loss in " + which + " numgen inc mod " + each + " == 0 counter drop");
    }

    /** Packets that were lost so far. */
    long lost() throws IOException {
        return PACKETS.matcher(nft("list table inet loss"))
                .results()
                .mapToLong(packets -> Long.parseLong(packets.group(1)))
                .sum();
    }

    private String nft(String words) throws IOException {
        var result = run(there("/usr/sbin/nft", words));
        if (result.exit() != 0) {
            throw new IOException("nft " + words + ": " + result.output());
        }
        return result.output();
    }

    /** Nothing goes through the cable any more, and nobody is told. */
    void cut() throws IOException {
        ip("-n " + name + " link set " + name + "1 down");
    }

    @Override
    public void close() throws IOException {
        ip("netns del " + name);
        ip("link del " + name + "0");
    }
}
