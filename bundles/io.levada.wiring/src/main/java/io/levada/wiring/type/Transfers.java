/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import java.util.Collection;

/**
 * The stages that bring samples from one kind of memory to another, and are put in between without being asked for: they fill
 * the roles {@value #DOWNLOAD} and {@value #UPLOAD}.
 */
public final class Transfers {

    /** From a device to the host. */
    public static final String DOWNLOAD = "download";

    /** From the host to a device. */
    public static final String UPLOAD = "upload";

    private Transfers() {}

    /** The role that brings it, or a piece of the way: between devices over the host. */
    public static String role(Port carried) {
        return carried.onHost() ? UPLOAD : DOWNLOAD;
    }

    /** Whether it can be taken elsewhere by a transfer stage that is there. */
    public static boolean reach(StageCatalog types, Port carried, Collection<Port> wanted) {
        return reach(types, carried, wanted, role(carried));
    }

    private static boolean reach(StageCatalog types, Port carried, Collection<Port> wanted, String role) {
        for (var entry : types.providers(role)) {
            if (entry.acceptedPorts().stream().noneMatch(carried::meets)) {
                continue;
            }
            for (var emitted : entry.emittedPorts()) {
                if (!emitted.carries(carried)) {
                    continue;
                }
                var brought = carried.in(emitted);
                boolean there = wanted.stream().anyMatch(brought::meets);
                boolean half = role.equals(DOWNLOAD) && brought.onHost();
                if (there || half && reach(types, brought, wanted, UPLOAD)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What is said of content that can't be brought to where it is wanted. */
    public static String remedy(StageCatalog types, Port carried) {
        var role = role(carried);
        var there = types.providers(role).stream().map(StageTypeEntry::name).toList();
        return there.isEmpty()
                ? "no bundle provides a stage of role " + role + ", such as gpu." + role
                        + "; install one, or take a stage that works in the memory it comes in"
                : String.join(", ", there)
                        + " can't bring it over; put a stage in between that can, or take from one that"
                        + " puts it out where it is wanted";
    }
}
