/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.metrics.Settings.Read;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {

    @ParameterizedTest(name = "{0} from {1}, forwarded {2}")
    @CsvSource({
        "AUTO,   127.0.0.1,          false, true",
        "AUTO,   127.8.9.10,         false, true",
        "AUTO,   0:0:0:0:0:0:0:1,    false, true",
        "AUTO,   ::1,                false, true",
        "AUTO,   127.0.0.1,          true,  false",
        "AUTO,   192.0.2.7,          false, false",
        "AUTO,   2001:db8::7,        false, false",
        "USERS,  127.0.0.1,          false, false",
        "ANYONE, 192.0.2.7,          true,  true"
    })
    void whoNeedNotSignIn(Read read, String address, boolean forwarded, boolean open) {
        assertEquals(open, Access.open(read, address, forwarded));
    }
}
