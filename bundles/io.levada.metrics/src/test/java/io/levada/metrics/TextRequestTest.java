/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextRequestTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain;version=0.0.4, */*;q=0.1 | text/plain;version=0.0.4, */*;q=0.1",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;q=0.6,text/plain;q=0.3 | text/plain;q=0.3",
                "text/plain;q=0.3, Application/vnd.Google.Protobuf;encoding=delimited | text/plain;q=0.3",
                "application/vnd.google.protobuf | ''"
            })
    void protocolBuffersAreNotAskedFor(String accept, String text) {
        assertEquals(text, TextRequest.text(accept));
    }
}
