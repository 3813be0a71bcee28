/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request that takes a text format. Prometheus asks for Protocol Buffers first when it takes native histograms; the client
 * would choose that, and fail, for its writer is not in this bundle: nothing here needs it.
 */
final class TextRequest extends HttpServletRequestWrapper {

    private static final String ACCEPT = "Accept";
    private static final String PROTOBUF = "application/vnd.google.protobuf";

    TextRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public String getHeader(String name) {
        var values = getHeaders(name);
        return values != null && values.hasMoreElements() ? values.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        var values = super.getHeaders(name);
        return ACCEPT.equalsIgnoreCase(name) && values != null
                ? Collections.enumeration(
                        Collections.list(values).stream().map(TextRequest::text).toList())
                : values;
    }

    static String text(String accept) {
        return Stream.of(accept.split(","))
                .filter(each -> !each.strip().regionMatches(true, 0, PROTOBUF, 0, PROTOBUF.length()))
                .collect(Collectors.joining(","));
    }
}
