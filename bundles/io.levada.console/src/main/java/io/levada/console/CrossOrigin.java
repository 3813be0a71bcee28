/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * Tells requests that a page of another site makes with the user's credentials (cross-site request forgery). Browsers
 * say where a request comes from in {@code Sec-Fetch-Site}, and in {@code Origin} with everything that can change something.
 */
final class CrossOrigin {

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private CrossOrigin() {}

    static boolean refuses(HttpServletRequest request) {
        if (SAFE_METHODS.contains(request.getMethod())) {
            return false;
        }
        var site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        var origin = request.getHeader("Origin");
        return origin != null && !origin.equals(request.getScheme() + "://" + request.getHeader("Host"));
    }
}
