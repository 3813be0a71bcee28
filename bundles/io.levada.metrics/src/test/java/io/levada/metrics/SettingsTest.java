/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.metrics.Settings.Read;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static String refusal(String key, Object value) {
        return assertThrows(IllegalArgumentException.class, () -> Settings.of(Map.of(key, value)))
                .getMessage();
    }

    @Test
    void whatIsNotSaidIsAsByDefault() {
        assertEquals(new Settings(Read.AUTO, 100), Settings.of(Map.of()));
        assertEquals(
                Settings.DEFAULT,
                Settings.of(Map.of(
                        "service.pid", "io.levada.metrics",
                        "component.id", 7,
                        "felix.fileinstall.filename", "file:x",
                        "osgi.http.whiteboard.servlet.pattern", "/metrics",
                        "objectClass", "jakarta.servlet.Servlet",
                        ".private", 1)));
    }

    @Test
    void valuesComeAsTextOrAsNumbers() {
        assertEquals(new Settings(Read.USERS, 7), Settings.of(Map.of("read", "users", "readers", "7 ")));
        assertEquals(new Settings(Read.ANYONE, 0), Settings.of(Map.of("read", "anyone", "readers", 0)));
    }

    @Test
    void aValueThatCantBeUsedIsNamedWithTheRemedy() {
        assertEquals(
                "read = everybody is none of auto, users, anyone; set it to one of them", refusal("read", "everybody"));
        for (var value : new String[] {"-1", "many", "10001", ""}) {
            assertTrue(refusal("readers", value).contains("is not a number from 0 to 10000; set it to"), value);
        }
    }

    @Test
    void aKeyThatIsNotKnownIsNamedWithTheNearestThatIs() {
        assertEquals(
                "raeders is not known; did you mean readers?; the keys are read, readers", refusal("raeders", "1"));
    }
}
