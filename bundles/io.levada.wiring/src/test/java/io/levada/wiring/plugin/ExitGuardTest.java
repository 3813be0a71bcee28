/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class ExitGuardTest {

    /** Ends the process in every way that a compiler knows. */
    public static final class Ender implements IntConsumer {

        @Override
        public void accept(int way) {
            IntConsumer byReference = System::exit;
            switch (way) {
                case 0 -> System.exit(7);
                case 1 -> Runtime.getRuntime().exit(7);
                case 2 -> Runtime.getRuntime().halt(7);
                default -> byReference.accept(7);
            }
        }
    }

    /** Defines a class from bytes, as a framework does with one that was woven. */
    private static final class Loader extends ClassLoader {

        Loader() {
            super(ExitGuardTest.class.getClassLoader());
        }

        Class<?> define(byte[] bytes) {
            return defineClass(Ender.class.getName(), bytes, 0, bytes.length);
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (var in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    @Test
    void everyCallThatWouldEndTheNodeThrowsInstead() throws Exception {
        var guarded = new Loader().define(ExitGuard.guarded(bytes(Ender.class), "acme 1.0.0 was kept from it"));
        var ender = (IntConsumer) guarded.getDeclaredConstructor().newInstance();
        for (int way = 0; way < 4; way++) {
            int chosen = way;
            var refused = assertThrows(SecurityException.class, () -> ender.accept(chosen), "way " + way);
            assertEquals("acme 1.0.0 was kept from it", refused.getMessage());
        }
    }

    @Test
    void aClassWithoutSuchACallStaysAsItIs() throws IOException {
        assertEquals(0, ExitGuard.guarded(bytes(ExitGuardTest.class), "").length);
    }
}
