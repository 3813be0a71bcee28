/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.metrics.Settings.Read;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who need not sign in. */
final class Access {

    private Access() {}

    static boolean open(Read read, HttpServletRequest request) {
        return open(read, request.getRemoteAddr(), forwarded(request));
    }

    static boolean open(Read read, String address, boolean forwarded) {
        return switch (read) {
            case ANYONE -> true;
            case USERS -> false;
            case AUTO -> local(address) && !forwarded;
        };
    }

    /** The servlet API gives an address, never a name, so nothing is looked up. */
    private static boolean local(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** A proxy on this machine brings somebody from elsewhere. */
    private static boolean forwarded(HttpServletRequest request) {
        return request.getHeader("Forwarded") != null || request.getHeader("X-Forwarded-For") != null;
    }
}
