/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Version;

/** The forms of {@code restart} and {@code version}. */
class PoliciesTest {

    @Test
    void aStageIsRestartedAsOftenAsItsPolicySays() {
        assertEquals(new RestartPolicy(Integer.MAX_VALUE, false), RestartPolicy.parse("always"));
        assertEquals(new RestartPolicy(0, false), RestartPolicy.parse("never"));
        assertEquals(new RestartPolicy(5, false), RestartPolicy.parse("5"));
        assertEquals(new RestartPolicy(5, true), RestartPolicy.parse("5, then stop"));
        assertEquals(new RestartPolicy(0, true), RestartPolicy.parse("never,then stop"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sometimes", "-1", "5 then stop", "always, then stop", "5, then go"})
    void whatIsNoPolicyIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> RestartPolicy.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1         | 1.9.3       | true",
                "1         | 2.0.0       | false",
                "1.2       | 1.2.7       | true",
                "1.2       | 1.3.0       | false",
                "1.2.3     | 1.2.3.beta  | true",
                "1.2.3     | 1.2.4       | false",
                "1.2.3.a   | 1.2.3.a     | true",
                "1.2.3.a   | 1.2.3.b     | false",
                "[1.0,2.0) | 1.9.9       | true",
                "[1.0,2.0) | 2.0.0       | false",
            })
    void aPinAdmitsTheVersionsThatItSays(String pin, String version, boolean admitted) {
        assertEquals(admitted, VersionPin.admits(pin, Version.parseVersion(version)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "[1.0,2.0", "1.x"})
    void whatIsNoVersionIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> VersionPin.parse(text));
    }
}
