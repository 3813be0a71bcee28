/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Authorization header of anybody. */
class AuthorizationTest {

    private static final int LENGTH = 10_000;
    private static final int MOST_LOOKS = 20;

    /** Counts how often it is looked at. */
    private record Watched(String text, AtomicLong looks) implements CharSequence {

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks.incrementAndGet();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a ", " ", "a=", "a= ", "=", "\"", "a=\"", "\\", "a=\"\\", ","})
    void parametersAreFoundByLookingAtEachCharacterAFewTimes(String repeated) {
        var looks = new AtomicLong();
        var matcher =
                Authorization.PARAMETER.matcher(new Watched(repeated.repeat(LENGTH / repeated.length()) + " ", looks));
        while (matcher.find()) {
            assertTrue(matcher.end() > matcher.start());
        }
        assertTrue(looks.get() < LENGTH * MOST_LOOKS, looks + " looks at " + LENGTH + " characters");
    }

    @Test
    void parametersMayHaveSpacesAroundThem() {
        assertEquals("anna", SignIn.claimed("Digest realm = \"x\" ,username =\t\"an\\na\", nc=1"));
    }
}
