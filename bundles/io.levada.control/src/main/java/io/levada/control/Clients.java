/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of the control socket, bounded in number and in the time that they may say nothing. Who comes is never kept
 * waiting by who idles: the one that did nothing for the longest time has to go.
 */
final class Clients {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    /** A client connects to ask, so the first request comes at once. */
    static final Duration FIRST_REQUEST = Duration.ofSeconds(10);

    /** An open shell waits for its user. */
    static final Duration NEXT_REQUEST = Duration.ofHours(1);

    private final int most;
    private final LongSupplier nanoTime;
    private final Set<Client> open = ConcurrentHashMap.newKeySet();

    Clients(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** Takes one in, by the only thread that accepts; makes room for it first. */
    Client admit(SocketChannel channel) {
        while (open.size() >= most) {
            open.stream().min(Comparator.comparingLong(client -> client.active)).ifPresent(idlest -> {
                LOG.warn("More than {} clients of the control socket: the one that was idle longest is closed", most);
                idlest.close();
            });
        }
        var client = new Client(channel);
        open.add(client);
        return client;
    }

    /** Closes who said nothing for too long; called every second or so. */
    void closeIdle() {
        long now = nanoTime.getAsLong();
        open.stream().filter(client -> client.isIdle(now)).forEach(Client::close);
    }

    void closeAll() {
        open.forEach(Client::close);
    }

    /** One client. Its own thread tells what it does, others may close it. */
    final class Client implements AutoCloseable {

        private final SocketChannel channel;
        private volatile long active = nanoTime.getAsLong();
        private volatile Duration patience = FIRST_REQUEST;
        private volatile boolean served;

        private Client(SocketChannel channel) {
            this.channel = channel;
        }

        SocketChannel channel() {
            return channel;
        }

        /** A request came, which may take its time. */
        void begins() {
            served = true;
            patience = NEXT_REQUEST;
            active = nanoTime.getAsLong();
        }

        /** The request was answered. */
        void ends() {
            served = false;
            active = nanoTime.getAsLong();
        }

        /** It has taken part of an answer. */
        void takes() {
            active = nanoTime.getAsLong();
        }

        private boolean isIdle(long now) {
            return !served && now - active > patience.toNanos();
        }

        @Override
        public void close() {
            open.remove(this);
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("A control connection could not be closed: {}", e.getMessage());
            }
        }
    }
}
