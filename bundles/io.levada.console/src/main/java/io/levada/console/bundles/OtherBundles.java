/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** An upload as the page is to see it: without the plugins in it, and without an answer, which is given later. */
final class OtherBundles extends HttpServletRequestWrapper {

    private final List<Part> parts;

    /** @param parts the files that are left */
    OtherBundles(HttpServletRequest request, List<Part> parts) {
        super(request);
        this.parts = List.copyOf(parts);
    }

    void install(HttpServletResponse response, FilterChain page) throws IOException, ServletException {
        page.doFilter(this, new HttpServletResponseWrapper(response) {

            @Override
            public void sendRedirect(String location) {}

            @Override
            public void setContentLength(int length) {}
        });
    }

    @Override
    public Collection<Part> getParts() {
        return parts;
    }
}
