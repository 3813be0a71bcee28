/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppliersTest {

    private final Appliers appliers = new Appliers();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void end() {
        end.countDown();
        appliers.shutdown();
    }

    private void hang(int times) throws InterruptedException {
        var hanging = new CountDownLatch(times);
        for (int i = 0; i < times; i++) {
            appliers.execute(() -> {
                hanging.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertTrue(hanging.await(10, TimeUnit.SECONDS));
    }

    @Test
    void changesThatHangDoNotKeepOthersWaiting() throws InterruptedException {
        hang(4);
        var done = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            appliers.execute(done::countDown);
        }
        appliers.look();
        assertFalse(done.await(50, TimeUnit.MILLISECONDS));
        appliers.look();
        assertTrue(done.await(10, TimeUnit.SECONDS));
    }

    @Test
    void noThreadIsAddedWhileNothingWaits() throws InterruptedException {
        hang(3);
        var names = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            var ran = new CountDownLatch(1);
            appliers.execute(() -> {
                names.add(Thread.currentThread());
                ran.countDown();
            });
            assertTrue(ran.await(10, TimeUnit.SECONDS));
            appliers.look();
        }
        assertEquals(1, names.stream().distinct().count());
    }
}
