/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.control.Clients.Client;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientsTest {

    private final List<Client> all = new ArrayList<>();
    private long nanos;
    private final Clients clients = new Clients(2, () -> nanos);

    @AfterEach
    void closeAll() {
        all.forEach(Client::close);
    }

    @Test
    void whoNeverAsksIsClosed() throws IOException {
        var client = connect();
        pass(Clients.FIRST_REQUEST);
        clients.closeIdle();
        assertTrue(isOpen(client));
        pass(Duration.ofMillis(1));
        clients.closeIdle();
        assertFalse(isOpen(client));
    }

    @Test
    void anOpenShellMayWaitForItsUserForAnHour() throws IOException {
        var client = connect();
        client.begins();
        client.ends();
        pass(Clients.NEXT_REQUEST);
        clients.closeIdle();
        assertTrue(isOpen(client));
        pass(Duration.ofMillis(1));
        clients.closeIdle();
        assertFalse(isOpen(client));
    }

    @Test
    void whoIsServedIsNotIdleHoweverLongItTakes() throws IOException {
        var client = connect();
        client.begins();
        pass(Duration.ofDays(1));
        clients.closeIdle();
        assertTrue(isOpen(client));
    }

    @Test
    void oneMoreClientTakesThePlaceOfTheOneThatWasIdleLongest() throws IOException {
        var first = connect();
        pass(Duration.ofSeconds(1));
        var second = connect();
        pass(Duration.ofSeconds(1));
        first.takes();
        var third = connect();
        assertTrue(isOpen(first));
        assertFalse(isOpen(second));
        assertTrue(isOpen(third));
    }

    private Client connect() throws IOException {
        var client = clients.admit(SocketChannel.open());
        all.add(client);
        return client;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static boolean isOpen(Client client) {
        return client.channel().isOpen();
    }
}
